//! What fetching costs the cloud: `cargo run -p holdfast-cloud --example snapshot_probe [PRODUCTS] [CHANGED]...`
//!
//! Makes products in an embedded store, serves it on a real socket, and lets the till's own client
//! fetch: the catalogue as a file, then rounds of so many changed prices. Prints times, bytes and
//! the largest memory of the process, which is cloud and till in one; asserts nothing about time.

#![allow(
    clippy::print_stdout,
    reason = "a command line speaks on standard output"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "it measures with the machine's own clock"
)]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud::desk;
use cloud::ports::{OsEntropy, SystemClock};
use cloud::server::{Cloud, Ports};
use cloud::store::sqlite::SqliteStore;
use ed25519_dalek::SigningKey;
use protocol::cloud::{CallFailure, CloudApi};
use protocol::pull::{MAX_PULL_PAGE_ROWS, PullRequest, PullScope, SnapshotHead, SnapshotPart};
use protocol::signing::{enrol_statement, sign};
use protocol::wire::{EnrolRequest, PROTO};
use rusqlite::{Connection, params};
use transport::{HttpCloud, HttpCloudConfig};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let words = std::env::args().skip(1);
    let numbers: Vec<u32> = words.map(|word| word.parse()).collect::<Result<_, _>>()?;
    let products = numbers.first().copied().unwrap_or(800_000);
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("cloud.db");
    let (cloud, tenant) = served(&file).await?;
    let began = Instant::now();
    fill(&file, tenant, products)?;
    println!("{products} products written in {:.1?}", began.elapsed());
    let head = fetch_snapshot(&cloud, products).await?;
    for count in numbers.get(1..).unwrap_or_default() {
        change_prices(&file, tenant, *count)?;
        fetch_changes(&cloud, &head.cursor, *count).await?;
    }
    Ok(())
}

/// A cloud on a free port, and a till's client that was let in.
async fn served(file: &Path) -> Outcome<(HttpCloud, Uuid)> {
    let ports = Ports {
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
    };
    let store = Arc::new(SqliteStore::open(file, &*ports.clock, &*ports.entropy)?);
    let code = desk::enrol_code(&*store, &ports, "main", "main").await?;
    let cloud = Cloud::bind("127.0.0.1:0".parse()?, store, ports.clone()).await?;
    let url = format!("http://{}", cloud.address());
    tokio::spawn(cloud.serve_until(std::future::pending()));
    let (key, till) = (SigningKey::from_bytes(&[7; 32]), Uuid::from_u128(7));
    let public_key = key.verifying_key().to_bytes();
    let request = EnrolRequest {
        proto: PROTO,
        till,
        till_name: "probe".into(),
        public_key,
        genesis_tenant: Uuid::from_u128(1),
        genesis_branch: Uuid::from_u128(2),
        signature: sign(&key, &enrol_statement(till, &public_key, &code)),
        code,
    };
    let client = HttpCloud::new(HttpCloudConfig {
        url,
        till,
        key,
        clock: ports.clock,
        app: "probe".into(),
    })?;
    let tenant = client.enrol(&request).await?.tenant;
    Ok((client, tenant))
}

/// Products as a wholesaler has them: a code, a name of some words, a category, a barcode.
fn fill(file: &Path, tenant: Uuid, products: u32) -> Outcome<()> {
    let sql = writing(file)?;
    let kinds = ["Tea", "Lamp", "Mug", "Chain"];
    let sorts = ["red", "small", "set of 6"];
    for (n, (kind, sort)) in (1..=products).zip(kinds.iter().cycle().zip(sorts.iter().cycle())) {
        let id = product_id(n);
        sql.prepare_cached(
            "INSERT INTO product (tenant, product_id, code, name, unit, price_minor, tax_class,
                                  tax_rate_bp, category, barcodes, row_version)
             VALUES (?1, ?2, ?3, ?4, 'piece', ?5, 'standard', 2000, ?6, ?7, ?5)",
        )?
        .execute(params![
            tenant.as_bytes(),
            id.as_bytes(),
            format!("A{n:07}"),
            format!("{kind} {sort} no. {n}"),
            n,
            kind,
            format!("[\"50{:011}\"]", u64::from(n) * 7919),
        ])?;
        sql.prepare_cached(
            "INSERT INTO product_group (tenant, product_id, field_group, version, till)
             SELECT ?1, ?2, value, ?3, zeroblob(16)
             FROM json_each('[\"price\",\"tax\",\"names\",\"barcodes\"]')",
        )?
        .execute(params![tenant.as_bytes(), id.as_bytes(), n])?;
    }
    sql.execute("UPDATE tenant_clock SET v = ?1", [products])?;
    sql.execute_batch("COMMIT")?;
    Ok(())
}

fn change_prices(file: &Path, tenant: Uuid, count: u32) -> Outcome<()> {
    let sql = writing(file)?;
    let now: u32 = sql.query_row("SELECT v FROM tenant_clock", [], |row| row.get(0))?;
    for n in 1..=count {
        let id = product_id(n);
        sql.prepare_cached(
            "UPDATE product SET price_minor = ?3, row_version = ?3
             WHERE tenant = ?1 AND product_id = ?2",
        )?
        .execute(params![tenant.as_bytes(), id.as_bytes(), now + n])?;
    }
    sql.execute("UPDATE tenant_clock SET v = v + ?1", [count])?;
    sql.execute_batch("COMMIT")?;
    Ok(())
}

fn writing(file: &Path) -> Outcome<Connection> {
    let sql = Connection::open(file)?;
    sql.busy_timeout(Duration::from_mins(1))?;
    sql.execute_batch("BEGIN IMMEDIATE")?;
    Ok(sql)
}

/// Ids as they come: in no order of the products.
fn product_id(n: u32) -> Uuid {
    Uuid::from_u128(u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
}

/// As a till does it: part by part, and again when the cloud asks to come back.
async fn fetch_snapshot(cloud: &HttpCloud, products: u32) -> Outcome<SnapshotHead> {
    let began = Instant::now();
    let first = first_part(cloud).await?;
    let built = began.elapsed();
    let mut packed = first.bytes;
    while (packed.len() as u64) < first.total {
        let from = packed.len() as u64;
        let part = cloud.snapshot(Some(&first.etag), from).await?;
        packed.extend_from_slice(&part.bytes);
    }
    println!(
        "catalogue: first part after {built:.1?}, whole after {:.1?}, {} bytes packed, {} a product",
        began.elapsed(),
        packed.len(),
        packed.len() as u64 / u64::from(products.max(1)),
    );
    println!("largest memory: {}", peak_memory());
    let plain = BufReader::new(zstd::stream::read::Decoder::new(packed.as_slice())?);
    let (mut head, mut bytes, mut lines) = (None, 0, 0_u64);
    for line in plain.lines() {
        let line = line?;
        bytes += line.len() + 1;
        lines += 1;
        head = head.or(Some(line));
    }
    println!("unpacked: {bytes} bytes, {lines} lines");
    Ok(serde_json::from_str(&head.unwrap_or_default())?)
}

async fn first_part(cloud: &HttpCloud) -> Outcome<SnapshotPart> {
    loop {
        match cloud.snapshot(None, 0).await {
            Ok(part) => return Ok(part),
            Err(CallFailure::Refused {
                retry_after_ms: Some(wait_ms),
                ..
            }) => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
            Err(other) => return Err(other.into()),
        }
    }
}

async fn fetch_changes(cloud: &HttpCloud, cursor: &str, count: u32) -> Outcome<()> {
    let began = Instant::now();
    let (mut rows, mut bytes, mut pages) = (0, 0, 0_u32);
    let mut cursor = cursor.to_owned();
    loop {
        let request = PullRequest {
            scope: PullScope::Catalogue,
            cursor: Some(cursor),
            limit: MAX_PULL_PAGE_ROWS,
        };
        let page = cloud.pull(&request).await?;
        let told = page.rows.iter().filter_map(|row| row.data.as_ref());
        bytes += told.map(|data| data.get().len()).sum::<usize>();
        rows += page.rows.len();
        pages += 1;
        if !page.more {
            break;
        }
        cursor = page.next;
    }
    println!(
        "{count} changed: {rows} rows in {pages} pages, {bytes} bytes of rows, {:.1?}",
        began.elapsed()
    );
    Ok(())
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(
        || "not known here".to_owned(),
        |peak| peak.trim().to_owned(),
    )
}
