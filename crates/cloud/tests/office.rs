//! Head office over HTTP: branches, articles, people, settings, and what tills then fetch.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use common::{Answer, World};
use serde_json::{Value, json};
use uuid::Uuid;

const TEA: &str = "00000000-0000-7000-8000-0000000007ea";

async fn started() -> (World, String) {
    let world = World::start().await;
    world.code("Acme", "High Street").await;
    let token = world.admin_token("Acme").await;
    (world, token)
}

#[track_caller]
fn fine(answer: &Answer) -> Value {
    let json = answer.json();
    assert_eq!(answer.status, 200, "{json}");
    json
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, words: &str) {
    let said = (answer.status, answer.code());
    assert_eq!(said, (status, code.to_owned()), "{}", answer.json());
    let message = answer.json()["message"].to_string();
    assert!(message.contains(words), "{message} names {words}");
}

fn tea() -> Value {
    json!({
        "code": "TEA", "name": "Tea", "unit": "piece", "price_minor": 199,
        "tax_class": "standard", "category": "Drinks", "barcodes": ["5012345678900"],
    })
}

async fn with_standard_rate(world: &World, token: &str) {
    let class = json!({ "name": "VAT 20 %", "rate_bp": 2_000 });
    let path = "/v1/admin/tax-classes/standard";
    fine(&world.office(token, "PUT", path, &class).await);
}

async fn only_an_admin_token_opens_head_office() {
    let (world, token) = started().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    let read = world.read_token("Acme").await;
    let path = "/v1/admin/tills";
    assert_eq!(world.get_with_token(&token, path).await.status, 200);
    assert_eq!(world.get_with_token(&read, path).await.status, 401);
    assert_eq!(world.get(&till, path).await.status, 401);
    assert_eq!(world.get_bare(path).await.status, 401);
    for report in ["/v1/sales", "/v1/stock", "/v1/tills"] {
        let answer = world.get_with_token(&token, report).await;
        assert_eq!(answer.status, 200, "an admin reads {report} as well");
    }
    let anew = world.admin_token_anew("Acme").await;
    assert_eq!(
        world.get_with_token(&token, path).await.status,
        401,
        "a new token made with the old ones ended"
    );
    assert_eq!(world.get_with_token(&anew, path).await.status, 200);
}

async fn a_branch_is_made_renamed_and_has_its_name_alone() {
    let (world, token) = started().await;
    let branch = Uuid::from_u128(77);
    let path = format!("/v1/admin/branches/{branch}");
    for name in ["Low Street", "Low Street", "River Street"] {
        let entry = json!({ "name": name });
        let row = fine(&world.office(&token, "PUT", &path, &entry).await);
        assert_eq!(
            (&row["branch"], &row["name"]),
            (&json!(branch), &json!(name))
        );
    }
    let taken = json!({ "name": "High Street" });
    let answer = world.office(&token, "PUT", &path, &taken).await;
    refused(&answer, 409, "exists", "High Street");
    let endless = json!({ "name": "x".repeat(201) });
    let answer = world.office(&token, "PUT", &path, &endless).await;
    refused(&answer, 400, "malformed", "201");
    let rows = fine(&world.get_with_token(&token, "/v1/admin/branches").await);
    let names: Vec<_> = rows["rows"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 2, "{rows}");
}

async fn an_article_changes_group_by_group_and_one_that_is_so_already_not_at_all() {
    let (world, token) = started().await;
    let path = format!("/v1/admin/products/{TEA}");
    let answer = world.office(&token, "PUT", &path, &tea()).await;
    refused(&answer, 400, "malformed", "tax_class");
    with_standard_rate(&world, &token).await;

    let made = fine(&world.office(&token, "PUT", &path, &tea()).await);
    assert_eq!(made["tax_rate_bp"], 2_000, "the rate is the class's");
    let clock = "SELECT v FROM tenant_clock";
    let before = world.count(clock);
    let again = fine(&world.office(&token, "PUT", &path, &tea()).await);
    assert_eq!(again, made, "nothing changed");
    assert_eq!(world.count(clock), before, "and no version was taken");

    let price = json!({ "price_minor": 249 });
    let price_path = format!("{path}/price");
    let dearer = fine(&world.office(&token, "PUT", &price_path, &price).await);
    assert_eq!(dearer["price_minor"], 249);
    assert_eq!(world.count(clock), before + 1, "one row, one version");
    for group in ["names", "tax", "barcodes"] {
        assert_eq!(
            dearer["versions"][group], made["versions"][group],
            "{group}"
        );
    }
    assert_ne!(dearer["versions"]["price"], made["versions"]["price"]);
    let past = world.count("SELECT count(*) FROM product_group_past WHERE field_group = 'price'");
    assert_eq!(past, 1, "what it cost is kept for a later conflict");
}

async fn what_head_office_says_of_an_article_reaches_the_till() {
    let (world, token) = started().await;
    let till = world.enrolled(1, "Acme", "High Street").await;
    with_standard_rate(&world, &token).await;
    let path = format!("/v1/admin/products/{TEA}");
    fine(&world.office(&token, "PUT", &path, &tea()).await);
    let pull = "/v1/sync/pull?scope=catalogue&limit=100";
    let rows = world.get(&till, pull).await.json()["rows"].clone();
    assert!(rows.to_string().contains(TEA), "{rows}");
    fine(&world.office(&token, "DELETE", &path, &Value::Null).await);
    let answer = world.office(&token, "DELETE", &path, &Value::Null).await;
    refused(&answer, 404, "not_found", TEA);
    let answer = world.get_with_token(&token, &path).await;
    refused(&answer, 404, "not_found", TEA);
    fine(&world.office(&token, "PUT", &path, &tea()).await);
    assert_eq!(
        world.get_with_token(&token, &path).await.status,
        200,
        "what is put again is there again"
    );
}

async fn an_article_is_found_by_words_and_its_code_stands_for_it_alone() {
    let (world, token) = started().await;
    with_standard_rate(&world, &token).await;
    for n in 0..5_u128 {
        let mut entry = tea();
        entry["code"] = json!(format!("T{n}"));
        entry["name"] = json!(format!("Tea number {n}"));
        let path = format!("/v1/admin/products/{}", Uuid::from_u128(n + 1));
        fine(&world.office(&token, "PUT", &path, &entry).await);
    }
    let mut taken = tea();
    taken["code"] = json!("T0");
    let path = format!("/v1/admin/products/{}", Uuid::from_u128(99));
    let answer = world.office(&token, "PUT", &path, &taken).await;
    refused(&answer, 409, "exists", "T0");

    for (words, count) in [("tea", 5), ("TEA t3", 1), ("501234", 5), ("coffee", 0)] {
        let words = words.replace(' ', "%20");
        let path = format!("/v1/admin/products?words={words}");
        let page = fine(&world.get_with_token(&token, &path).await);
        assert_eq!(page["rows"].as_array().unwrap().len(), count, "{words}");
    }
    let first = fine(
        &world
            .get_with_token(&token, "/v1/admin/products?limit=3")
            .await,
    );
    assert_eq!(
        (first["rows"].as_array().unwrap().len(), &first["more"]),
        (3, &json!(true))
    );
    let last = first["rows"][2]["product_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/admin/products?limit=3&after={last}");
    let second = fine(&world.get_with_token(&token, &path).await);
    assert_eq!(
        (second["rows"].as_array().unwrap().len(), &second["more"]),
        (2, &json!(false))
    );
}

async fn a_file_of_articles_goes_in_row_by_row_and_names_what_it_refuses() {
    let (world, token) = started().await;
    with_standard_rate(&world, &token).await;
    let mut file = String::from("code;name;price;barcodes;tax_class;shelf\r\n");
    for n in 0..2_500 {
        file.push_str(&format!(
            "C{n};\"Article; number {n}\";{n}.50;20{n:011};standard;A\r\n"
        ));
    }
    file.push_str("C1;Again;1.50;;standard;A\n;;1.00;;standard;A\n");
    file.push_str("D1;Dear;12.345;;standard;A\nD2;Odd;1.00;;none;A\nD3;Short\n\nD4;Last;;;;A");
    let path = "/v1/admin/products/import?currency=GBP&default_tax_class=standard";
    let send = || world.office_bytes(&token, "", "POST", path, file.as_bytes());
    let report = fine(&send().await);
    let refusals: Vec<_> = report["refused_rows"].as_array().unwrap().iter().collect();
    let rows: Vec<_> = refusals
        .iter()
        .map(|row| row["row"].as_u64().unwrap())
        .collect();
    assert_eq!(
        rows,
        [2_502, 2_503, 2_504, 2_505, 2_506],
        "as a spreadsheet counts; a code has one name in a file: {report}"
    );
    assert_eq!(
        (
            &report["rows"],
            &report["made"],
            &report["changed"],
            &report["refused"]
        ),
        (&json!(2_506), &json!(2_501), &json!(0), &json!(5)),
        "{report}"
    );
    assert_eq!(report["ignored_columns"], json!(["shelf"]));

    let clock = "SELECT v FROM tenant_clock";
    let before = world.count(clock);
    let again = fine(&send().await);
    assert_eq!(
        (&again["made"], &again["same"]),
        (&json!(0), &json!(2_501)),
        "{again}"
    );
    assert_eq!(
        world.count(clock) - before,
        again["changed"].as_i64().unwrap(),
        "only a row that changes takes a version"
    );
    let versions = world.count("SELECT count(DISTINCT row_version) FROM product");
    assert_eq!(
        versions,
        world.count("SELECT count(*) FROM product"),
        "one each"
    );
    let odd = world
        .office_bytes(&token, "", "POST", path, b"a,b\n1,2\n")
        .await;
    refused(&odd, 400, "malformed", "header");
}

async fn an_operator_has_a_role_and_a_pin_that_nobody_can_read_back() {
    let (world, token) = started().await;
    let ada = format!("/v1/admin/operators/{}", Uuid::from_u128(9));
    let pin_path = format!("{ada}/pin");
    let answer = world
        .office(&token, "PUT", &pin_path, &json!({ "pin": "2580" }))
        .await;
    refused(&answer, 404, "not_found", "operator");
    let body = json!({ "name": "Ada", "role": "manager", "active": true });
    let made = fine(&world.office(&token, "PUT", &ada, &body).await);
    assert_eq!(made["has_pin"], false);
    for (pin, words) in [
        ("2345", "run"),
        ("11", "4 to 8"),
        ("7777", "repeated"),
        ("12a4", "digits"),
    ] {
        let answer = world
            .office(&token, "PUT", &pin_path, &json!({ "pin": pin }))
            .await;
        refused(&answer, 400, "malformed", words);
        assert!(
            !answer.json().to_string().contains(pin),
            "a refusal never repeats a PIN"
        );
    }
    fine(
        &world
            .office(&token, "PUT", &pin_path, &json!({ "pin": "2580" }))
            .await,
    );
    let body = json!({ "name": "Ada L.", "role": "manager", "active": true });
    let renamed = fine(&world.office(&token, "PUT", &ada, &body).await);
    assert_eq!(
        renamed["has_pin"], true,
        "the PIN stays when the name changes"
    );
    let phc: String = world.hand().word("SELECT pin_phc FROM operator");
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    let strange = json!({ "name": "Eve", "role": "manager", "active": true, "branches": [Uuid::from_u128(5)] });
    let answer = world.office(&token, "PUT", &ada, &strange).await;
    refused(&answer, 400, "malformed", "branches");
}

async fn rules_settings_and_tax_classes_come_and_go_with_a_version_each() {
    let (world, token) = started().await;
    let rule = json!({ "rule": {
        "prefix": "21", "item_digits": 5, "value_digits": 5, "verifier": false,
        "holds": "price_minor", "divisor": 1,
    } });
    let clock = "SELECT v FROM tenant_clock";
    for (path, body) in [
        ("/v1/admin/in-store-rules/0", rule),
        (
            "/v1/admin/settings/receipt_footer",
            json!({ "value": { "text": "Thank you" } }),
        ),
        (
            "/v1/admin/tax-classes/zero",
            json!({ "name": "Zero", "rate_bp": 0 }),
        ),
    ] {
        let before = world.count(clock);
        fine(&world.office(&token, "PUT", path, &body).await);
        fine(&world.office(&token, "PUT", path, &body).await);
        assert_eq!(
            world.count(clock),
            before + 1,
            "{path}: twice the same is once"
        );
        let list = path.rsplit_once('/').unwrap().0;
        let rows = fine(&world.get_with_token(&token, list).await);
        assert_eq!(rows["rows"].as_array().unwrap().len(), 1, "{rows}");
        fine(&world.office(&token, "DELETE", path, &Value::Null).await);
        assert_eq!(
            world.count(clock),
            before + 2,
            "{path}: a tombstone has a version"
        );
        let rows = fine(&world.get_with_token(&token, list).await);
        assert_eq!(rows["rows"], json!([]));
        let gone = world.office(&token, "DELETE", path, &Value::Null).await;
        assert_eq!(gone.status, 404, "{path}");
    }
    let odd = json!({ "rule": { "prefix": "99", "item_digits": 5, "value_digits": 5,
        "verifier": false, "holds": "price_minor", "divisor": 1 } });
    let answer = world
        .office(&token, "PUT", "/v1/admin/in-store-rules/0", &odd)
        .await;
    refused(&answer, 400, "malformed", "rule");
}

both_stores! {
    only_an_admin_token_opens_head_office,
    a_branch_is_made_renamed_and_has_its_name_alone,
    an_article_changes_group_by_group_and_one_that_is_so_already_not_at_all,
    what_head_office_says_of_an_article_reaches_the_till,
    an_article_is_found_by_words_and_its_code_stands_for_it_alone,
    a_file_of_articles_goes_in_row_by_row_and_names_what_it_refuses,
    an_operator_has_a_role_and_a_pin_that_nobody_can_read_back,
    rules_settings_and_tax_classes_come_and_go_with_a_version_each,
}
