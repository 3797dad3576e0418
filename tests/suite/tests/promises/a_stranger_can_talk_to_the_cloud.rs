//! PROTOCOL.md and `/v1/openapi.json` are enough to write a till in another language, and the cloud
//! answers whatever a stranger sends with one of its documented words.

use suite::{CloudRoom, stranger};

#[test]
fn a_client_in_another_language_joins_pushes_pulls_and_proves() {
    let cloud = CloudRoom::start();
    let (url, code) = (cloud.url(), cloud.code());
    let said = stranger(
        "python",
        &["client.py", "--url", &url, "--code", &code],
        &[],
    );
    assert!(said.done, "the stranger says:\n{}", said.words);
    assert!(
        said.words.contains("\"proof\": \"equal\""),
        "{}",
        said.words
    );
    assert_eq!(
        cloud.count("SELECT count(*) FROM op_log"),
        2,
        "each op once"
    );
}

/// The one route that would end the fuzzer's own till: it is asked last, in a run of its own.
const ENDS_A_TILL: &str = "/v1/admin/tills/{till}/revoke";

#[test]
fn no_request_made_from_the_document_is_answered_by_a_fault_or_an_undocumented_word() {
    let cloud = CloudRoom::start();
    let url = cloud.url();
    // The business begins with its first code.
    cloud.code();
    let admin = cloud.admin_token();
    let document = format!("{url}/v1/openapi.json");
    for which in ["--exclude-path", "--include-path"] {
        let code = cloud.code();
        let variables = [
            ("SCHEMATHESIS_HOOKS", "sign_all"),
            ("HOLDFAST_URL", url.as_str()),
            ("HOLDFAST_CODE", code.as_str()),
            ("HOLDFAST_ADMIN", admin.as_str()),
        ];
        let said = stranger(
            "schemathesis",
            &[
                "run",
                &document,
                which,
                ENDS_A_TILL,
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                "--phases",
                "examples,coverage,fuzzing",
                "--max-examples",
                "15",
                "--seed",
                "20261120",
                "--generation-database",
                "none",
                "--no-color",
            ],
            &variables,
        );
        assert!(said.done, "the fuzzer says:\n{}", said.words);
    }
}
