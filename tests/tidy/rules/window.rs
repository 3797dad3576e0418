//! The window's own walls: one door to the till, screens apart, and a shelf of parts that sells nothing.

use super::hold;
use holdfast_tidy::{File, files, identifiers, words_of};

/// Words of the trade: a shared part that needs one of them is a part of a screen.
const TRADE: [&str; 22] = [
    "till",
    "sale",
    "sales",
    "cart",
    "tender",
    "refund",
    "receipt",
    "operator",
    "branch",
    "tenant",
    "product",
    "barcode",
    "shift",
    "drawer",
    "stock",
    "tax",
    "journal",
    "vault",
    "outbox",
    "scan",
    "cashier",
    "catalogue",
];

fn window() -> Vec<File> {
    files("ui/src", &[".ts", ".svelte"])
}

/// What a source imports: the quoted part of `from '…'`, `import '…'` and `import('…')`.
fn imports(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let names = [
            "from '",
            "from \"",
            "import '",
            "import \"",
            "import('",
            "import(\"",
        ];
        for (at, name) in names.iter().flat_map(|name| line.match_indices(name)) {
            let quoted = &line[at + name.len()..];
            let end = quoted.find(['\'', '"']).unwrap_or(quoted.len());
            found.push((index + 1, quoted[..end].to_owned()));
        }
    }
    found
}

#[test]
fn only_the_backend_folder_speaks_to_the_shell() {
    let mut wrong = Vec::new();
    for file in window()
        .iter()
        .filter(|file| !file.path.starts_with("ui/src/backend/"))
    {
        let reaching = imports(file)
            .into_iter()
            .filter(|(_, from)| from.starts_with("@tauri-apps/"));
        wrong.extend(reaching.map(|(line, from)| format!("{}:{line} {from}", file.path)));
        let mentions = file
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("__TAURI"));
        wrong.extend(mentions.map(|(index, _)| format!("{}:{} __TAURI", file.path, index + 1)));
    }
    hold("Call a typed command of ui/src/backend instead:", &wrong);
}

#[test]
fn a_screen_never_imports_a_screen() {
    let mut wrong = Vec::new();
    for file in window() {
        let Some(screen) = screen_of(&file.path) else {
            continue;
        };
        for (line, from) in imports(&file) {
            let target = resolved(&file.path, &from);
            if screen_of(&target).is_some_and(|other| other != screen) {
                wrong.push(format!("{}:{line} {from}", file.path));
            }
        }
    }
    hold(
        "What two screens need lies in ui/src/shared, ui/src/state or ui/src/lib:",
        &wrong,
    );
}

/// The screen a path belongs to: the folder below `screens`, or the file's stem.
fn screen_of(path: &str) -> Option<String> {
    let rest = path.strip_prefix("ui/src/screens/")?;
    let first = rest.split('/').next()?;
    Some(first.split('.').next().unwrap_or(first).to_lowercase())
}

/// A relative or aliased import as a path from the repository's root.
fn resolved(path: &str, from: &str) -> String {
    for alias in [
        "$screens",
        "@screens",
        "$lib/../screens",
        "/src/screens",
        "src/screens",
    ] {
        if let Some(rest) = from.strip_prefix(alias) {
            return format!("ui/src/screens{rest}");
        }
    }
    if !from.starts_with('.') {
        return from.to_owned();
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn shared_parts_know_no_word_of_the_trade() {
    let mut wrong = Vec::new();
    // An icon is named after what it shows.
    let parts = files("ui/src/shared", &[".ts", ".svelte"]).into_iter();
    for file in parts.filter(|file| !file.path.ends_with("/Icon.svelte")) {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let named = words_of(name.split('.').next().unwrap_or_default());
        let named = named.iter().filter(|word| TRADE.contains(&word.as_str()));
        wrong.extend(named.map(|word| format!("{}: {word}", file.path)));
        let text = without_talk(&file.text);
        for (line, identifier) in identifiers(&text) {
            let words = words_of(identifier);
            let known = words.iter().find(|word| TRADE.contains(&word.as_str()));
            wrong.extend(known.map(|word| format!("{}:{line} {identifier}: {word}", file.path)));
        }
        let reaching = imports(&file).into_iter().filter(|(_, from)| {
            ["bindings", "backend", "state", "screens"]
                .iter()
                .any(|room| from.split('/').any(|part| part == *room))
        });
        wrong.extend(reaching.map(|(line, from)| format!("{}:{line} imports {from}", file.path)));
    }
    hold(
        "Move the part to the screen it serves, or give it its words as arguments:",
        &wrong,
    );
}

/// Without comments: what a part says about its use is no knowledge of the trade.
fn without_talk(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        let trimmed = line.trim_start();
        let opens = trimmed.starts_with("/*") || trimmed.starts_with("<!--");
        let talk = inside || opens || trimmed.starts_with("//");
        inside = (inside || opens) && !(line.contains("*/") || line.contains("-->"));
        if talk {
            ""
        } else {
            line.split(" // ").next().unwrap_or(line)
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_window_computes_no_money() {
    let mut wrong = Vec::new();
    let sums = [
        "_minor +", "_minor -", "_minor *", "_minor /", "_minor %", "+ tax_", "_bp /", "_bp *",
    ];
    for file in window()
        .iter()
        .filter(|file| !file.path.ends_with(".test.ts"))
    {
        for (index, line) in without_talk(&file.text).lines().enumerate() {
            let formats = file.path == "ui/src/lib/money.ts" || file.path.contains("keypad");
            if !formats && sums.iter().any(|sum| line.contains(sum)) {
                wrong.push(format!("{}:{} {}", file.path, index + 1, line.trim()));
            }
        }
    }
    hold(
        "The till has the figure: ask it for one more field instead of adding here:",
        &wrong,
    );
}

#[test]
fn the_rule_sees_through_relative_paths() {
    let from = "ui/src/screens/sell/Sell.svelte";
    assert_eq!(
        resolved(from, "../tender/Tender.svelte"),
        "ui/src/screens/tender/Tender.svelte",
        "up and down"
    );
    assert_eq!(
        screen_of(&resolved(from, "./Lines.svelte")).as_deref(),
        Some("sell"),
        "its own parts"
    );
    assert_eq!(
        screen_of(&resolved(from, "../../state/cart.svelte")),
        None,
        "no screen"
    );
}
