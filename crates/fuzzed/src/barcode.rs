//! Scanned codes: found under whatever spelling they were stored, and no value read from a misread code.

use domain::{
    InStoreRead, InStoreRule, InStoreValue, ScannedValue, check_digit_ok, normal_key, scan_keys,
};

use crate::bites::Bites;

/// Rules, then what the scanner sent.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let rules: Vec<InStoreRule> = (0..bites.byte() % 4).map(|_| rule(&mut bites)).collect();
    let code = String::from_utf8_lossy(bites.rest()).into_owned();
    keys(&code);
    spellings(&code);
    in_store(&code, &rules);
}

fn rule(bites: &mut Bites<'_>) -> InStoreRule {
    let prefix = match bites.byte() {
        0 => "02".to_owned(),
        some => format!("2{}", some % 10),
    };
    let (item_digits, value_digits) = (bites.byte() % 14, bites.byte() % 14);
    let flags = bites.byte();
    InStoreRule {
        prefix,
        item_digits,
        value_digits,
        verifier: flags & 1 == 1,
        holds: if flags & 2 == 2 {
            InStoreValue::WeightGram
        } else {
            InStoreValue::PriceMinor
        },
        divisor: [1, 10, 100, 0][usize::from(flags >> 2 & 3)],
    }
}

fn keys(code: &str) {
    let key = normal_key(code);
    assert_eq!(
        normal_key(&key),
        key,
        "the key of {code:?} is stored as it is when the product is stored again"
    );
    let asked = scan_keys(code);
    if asked.is_empty() {
        return;
    }
    assert_eq!(
        asked.first(),
        Some(&key),
        "a scan of {code:?} asks for its own key first"
    );
    assert!(
        asked.iter().all(|one| !one.is_empty()),
        "no scan of {code:?} asks for nothing: {asked:?}"
    );
    let typed = scan_keys(&key);
    assert!(
        typed.contains(&key),
        "the stored key of {code:?} is found when it is typed itself: {typed:?}"
    );
}

/// From the first eleven digits, every spelling of the same article.
fn spellings(code: &str) {
    let digits: String = code.chars().filter(char::is_ascii_digit).take(11).collect();
    if digits.len() < 11 {
        return;
    }
    let with_check = |body: &str| {
        let last = (0..10).map(|digit| format!("{body}{digit}"));
        last.clone()
            .find(|whole| check_digit_ok(whole))
            .unwrap_or_else(|| panic!("{body} has a check digit"))
    };
    let upc_a = with_check(&digits);
    let mut all = vec![
        upc_a.clone(),
        format!("0{upc_a}"),
        format!("00{upc_a}"),
        format!("]E0{upc_a}"),
        format!("{} {}\r\n", &upc_a[..6], &upc_a[6..]),
    ];
    // The short form, if the scan of the long one knows it. Below 0000 there are padded EAN-8 and no real UPC.
    if !upc_a.starts_with("0000") {
        all.extend(scan_keys(&upc_a).into_iter().filter(|key| key.len() == 8));
    }
    for stored in &all {
        let key = normal_key(stored);
        for scanned in &all {
            let asked = scan_keys(scanned);
            assert!(
                asked.contains(&key),
                "{scanned:?} finds what was stored as {stored:?}: {asked:?} has no {key:?}"
            );
        }
    }
}

fn in_store(code: &str, rules: &[InStoreRule]) {
    let InStoreRead::Read(scan) = InStoreRead::of(code, rules) else {
        return;
    };
    let key = normal_key(code);
    assert!(check_digit_ok(&key), "{code:?} was read with a right digit");
    let used = rules.iter().find(|rule| {
        rule.check().is_ok()
            && key.starts_with(&rule.prefix)
            && scan.item.len() == usize::from(rule.item_digits)
    });
    let used = used.unwrap_or_else(|| panic!("{scan:?} follows a usable rule of {rules:?}"));
    let value = match scan.value {
        ScannedValue::PriceMinor(value) | ScannedValue::QuantityMilli(value) => value,
    };
    let most = 10_i64.pow(u32::from(used.value_digits));
    assert!(
        (0..most).contains(&value),
        "{value} is within its digits: {used:?}"
    );
    for at in 0..key.len() {
        let mut misread = key.clone().into_bytes();
        misread[at] = b'0' + (misread[at] - b'0' + 1) % 10;
        let misread = String::from_utf8_lossy(&misread).into_owned();
        let read = InStoreRead::of(&misread, rules);
        assert!(
            !matches!(read, InStoreRead::Read(_)),
            "one digit of {key} misread as {misread} gives no value, got {read:?}"
        );
    }
}
