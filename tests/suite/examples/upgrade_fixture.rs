//! Makes what `tests/suite/fixtures` keeps of a landed version: lets the program of this very tree sell, and
//! copies its files while it runs, as a power cut would leave them.
//!
//! Run in a checkout of the version: `cargo run -p holdfast-suite --example upgrade_fixture -- FOLDER [closed]`,
//! with `holdfast-cloud` and `holdfastctl` built beside it; `closed` ends the till in order before its files are copied. It uses what the suite has had since the first landing, and nothing
//! younger, so that it can be laid into an older checkout as it is.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a tool of the tests"
)]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use app::TenderKind;
use app::dto::{PrinterConnection, PrinterSettings, RefundRequest};
use serde_json::json;
use suite::{Shop, ctl, program, until};
use testkit::virtual_printer::VirtualPrinter;

const INVOICES: &str = "\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,22633,HAND WARMER UNION JACK,6,2010-12-01 08:28:00,1.85,17850.0,United Kingdom
536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
536589,21777,damaged,-10,2010-12-01 16:50:00,0.0,,United Kingdom
C536383,35004C,SET OF 3 COLOURED FLYING DUCKS,-1,2010-12-01 09:49:00,4.65,15311.0,United Kingdom
";

/// What the line does with the answer to a push.
const CARRIES: u8 = 0;
const LOSES_ANSWERS: u8 = 1;
const IS_CUT: u8 = 2;

fn main() {
    let out = PathBuf::from(std::env::args().nth(1).expect("a folder to write to"));
    fs::create_dir_all(out.join("cloud")).unwrap();
    let cloud = Cloud::start(&out.join("cloud/cloud.db"));
    let line = Line::to(cloud.address, &out.join("wire.jsonl"));
    let mut shop = Shop::alone("GBP");
    shop.till().enrol(line.url(), cloud.code()).unwrap();
    copy(&out.join("cloud"), &out.join("joined"));

    in_the_window(&mut shop);
    as_a_script(&mut shop);
    line.state.store(LOSES_ANSWERS, Ordering::SeqCst);
    shop.sell(&["TEA"]);
    shop.sell(&["CAKE", "CAKE"]);
    let tried = shop.till().synchronize(false, 5).unwrap();
    assert!(!tried.drained, "the reply is lost: {}", tried.words());
    line.state.store(IS_CUT, Ordering::SeqCst);
    let unsent = shop.sell(&["TEA", "CAKE", "TEA"]);
    shop.sell(&["NUTS"]);
    give_back(&shop, unsent.sale_id, 2);
    for _ in 0..3 {
        shop.sell(&["CAKE"]);
    }
    let tried = shop.till().synchronize(false, 5).unwrap();
    assert!(!tried.drained, "nobody answers: {}", tried.words());
    // Closed and opened, so that the write-ahead log that is kept is of one sale and not of all.
    shop.restart();
    shop.sell(&["TEA"]);
    shop.scan("TEA");
    shop.scan("CAKE");
    shop.till()
        .add_tender(TenderKind::Card, 100, Some("SLIP 7".to_owned()))
        .unwrap();

    let truth = truth(&shop);
    fs::write(out.join("truth.json"), format!("{truth:#}\n")).unwrap();
    if std::env::args().nth(2).as_deref() == Some("closed") {
        shop.close();
    }
    copy(&shop.dir(), &out.join("till"));
    copy(&out.join("cloud"), &out.join("cloud-then"));
    shop.restart();
    line.state.store(CARRIES, Ordering::SeqCst);
    let sent = shop.till().synchronize(true, 60).unwrap();
    assert!(sent.drained, "all of it is told: {}", sent.words());
    drop(cloud);
    println!("{truth:#}");
}

/// Printing and sending behind the counter; the last receipt finds the printer off.
fn in_the_window(shop: &mut Shop) {
    let printer = VirtualPrinter::start().unwrap();
    connect(shop, &printer.address().to_string());
    shop.close();
    shop.open_window();
    shop.sell(&["TEA"]);
    let many = shop.sell(&["TEA", "CAKE", "NUTS", "CAKE"]);
    shop.sell(&["CAKE"]);
    give_back(shop, many.sale_id, 1);
    assert!(
        until(|| shop.till().print_queue().unwrap().is_empty()),
        "all are printed"
    );
    connect(shop, "127.0.0.1:1");
    shop.sell(&["NUTS"]);
    assert!(
        until(|| shop.till().status().unwrap().printer.trouble.is_some()),
        "one waits"
    );
    shop.close();
}

/// Invoices with a refund and a correction of stock, and all of it sent.
fn as_a_script(shop: &mut Shop) {
    let file = shop.file("invoices.csv", INVOICES.as_bytes());
    // The program and not the library: its command line stays what it was.
    let rung = ctl(&shop.dir(), &["replay", file.to_str().unwrap()]);
    assert!(rung.done, "{rung:?}");
    fs::remove_file(file).unwrap();
    shop.open();
    shop.sign_in();
    let sent = shop.till().synchronize(true, 60).unwrap();
    assert!(sent.drained, "{}", sent.words());
}

fn connect(shop: &Shop, address: &str) {
    let settings = PrinterSettings {
        connection: PrinterConnection::Network {
            address: address.to_owned(),
        },
        profile: "generic-80".into(),
        open_drawer: false,
    };
    shop.till().set_printer(settings).unwrap();
}

fn give_back(shop: &Shop, sale_id: app::Uuid, line_no: u32) {
    let mut request = RefundRequest {
        refund_id: None,
        sale_id,
        lines: vec![app::dto::RefundLineRequest {
            line_no,
            quantity_milli: 1_000,
            back_to_stock: true,
        }],
        reason: "did not fit".into(),
        tender: TenderKind::Cash,
        reference: None,
    };
    request.refund_id = Some(shop.till().refund_quote(request.clone()).unwrap().refund_id);
    let done = shop.till().refund(request, None).unwrap();
    shop.till().told(done.sale_id).unwrap();
}

/// What the program of this tree says of itself at the moment of the copy.
fn truth(shop: &Shop) -> serde_json::Value {
    let till = shop.till();
    let status = till.status().unwrap();
    let every = app::dto::SalesQuery {
        limit: 1_000,
        ..Default::default()
    };
    let sales = till.sales(every).unwrap();
    let sales: Vec<_> = sales
        .iter()
        .map(|row| json!({ "sale_id": row.sale_id, "number": row.number }))
        .collect();
    json!({
        "sales_total": status.safety.sales_total,
        "sales": sales,
        "waiting": status.safety.ops_waiting,
        "cart": till.cart().unwrap().sale_id,
        "cart_lines": till.cart().unwrap().lines.len(),
        "remaining_minor": till.tender().unwrap().remaining_minor,
        "print_queue": till.print_queue().unwrap().len(),
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // The reserve is made again; it is 64 MiB of nothing.
        if entry.file_name() == "reserve.bin" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The program of the cloud.
struct Cloud {
    child: Child,
    database: String,
    address: SocketAddr,
}

impl Cloud {
    fn start(file: &Path) -> Self {
        let database = format!("sqlite:{}", file.display());
        let mut child = Command::new(program("holdfast-cloud"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &database])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let address = said.trim().strip_prefix("listening on http://").unwrap();
        Self {
            address: address.parse().unwrap(),
            child,
            database,
        }
    }

    fn code(&self) -> String {
        let made = Command::new(program("holdfast-cloud"))
            .args(["enrol-code", "--database", &self.database])
            .output()
            .unwrap();
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A line that writes down what goes over it: a request at a time, each on a connection of its own.
struct Line {
    address: SocketAddr,
    state: Arc<AtomicU8>,
}

impl Line {
    fn to(cloud: SocketAddr, log: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let state = Arc::clone(&line.state);
        let log = Arc::new(Mutex::new(File::create(log).unwrap()));
        std::thread::spawn(move || {
            for till in listener.incoming().flatten() {
                let (state, log) = (Arc::clone(&state), Arc::clone(&log));
                std::thread::spawn(move || carry(till, cloud, &state, &log));
            }
        });
        line
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn carry(mut till: TcpStream, cloud: SocketAddr, state: &AtomicU8, log: &Mutex<File>) {
    if state.load(Ordering::SeqCst) == IS_CUT {
        return;
    }
    let Some((head, body)) = message(&mut till) else {
        return;
    };
    let mut far = TcpStream::connect(cloud).unwrap();
    let plain = head
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("accept-encoding"));
    let plain: Vec<&str> = plain.filter(|line| !line.is_empty()).collect();
    let once = format!("{}\r\nconnection: close\r\n\r\n", plain.join("\r\n"));
    far.write_all(once.as_bytes()).unwrap();
    far.write_all(&body).unwrap();
    let Some((answer_head, answer)) = message(&mut far) else {
        return;
    };
    let mut first = head.lines().next().unwrap().split(' ');
    let header = |name: &str| {
        let line = head
            .lines()
            .find(|line| line.to_lowercase().starts_with(name));
        line.and_then(|line| line.split_once(": "))
            .map(|(_, value)| value.to_owned())
    };
    let told = state.load(Ordering::SeqCst) == CARRIES || !head.contains("/v1/sync/push");
    let entry = json!({
        "method": first.next(), "path": first.next(),
        "idempotency_key": header("idempotency-key:"),
        "content_encoding": header("content-encoding:"),
        "content_type": header("content-type:"),
        "body": hex::encode(&body),
        "status": answer_head.split(' ').nth(1),
        "answer": String::from_utf8_lossy(&answer),
        "reply_arrived": told,
    });
    writeln!(log.lock().unwrap(), "{entry}").unwrap();
    if told {
        let _ = till
            .write_all(answer_head.as_bytes())
            .and_then(|()| till.write_all(&answer));
    }
}

/// A head and as many bytes as it says.
fn message(from: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") {
        from.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .parse()
            .ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body).ok()?;
    Some((head, body))
}
