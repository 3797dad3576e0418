//! A shop with one till: how it is opened, sold at, and closed again.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::Uuid;
use app::dto::{Done, ScanAnswer, ScannedBy, SetUp, SignIn};
use app::{AppError, TenderKind, Till, TillOptions};
use domain::PriceMode;

/// The manager's PIN in every shop here.
pub const MANAGER_PIN: &str = "4711";

/// A shop in a folder of its own; the till can be closed and opened again.
pub struct Shop {
    folder: tempfile::TempDir,
    till: Option<Arc<Till>>,
}

impl Shop {
    /// A folder with a key in it and nothing else: tests leave the machine's key store alone.
    pub fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        private_key(folder.path());
        Self { folder, till: None }
    }

    /// A shop in a copy of a till's folder.
    pub fn copy_of(dir: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        crate::copy_folder(dir, folder.path());
        Self::within(folder)
    }

    /// A shop whose till lies in this folder.
    pub fn within(folder: tempfile::TempDir) -> Self {
        Self { folder, till: None }
    }

    /// A shop that started alone: prices with 20 % tax in them, four articles, a manager at the till.
    pub fn alone(currency: &str) -> Self {
        let mut shop = Self::bare();
        shop.open();
        shop.till()
            .set_up(start_alone(currency))
            .expect("it can be set up");
        shop.sign_in();
        shop.stock(
            "code,name,price,unit\n\
             TEA,Tea,2.55,piece\n\
             CAKE,Cake,1.99,piece\n\
             NUTS,Nuts,8.01,kilogram\n\
             OPEN,Flowers,,piece\n",
        );
        shop
    }

    /// Opens the till in this folder, as one command does: nothing runs behind the counter.
    pub fn open(&mut self) {
        self.till = Some(Till::open(TillOptions::for_command(self.dir())).expect("it opens"));
    }

    /// Opens it as the window does: printing and sending run.
    pub fn open_window(&mut self) {
        self.till = Some(Till::open(TillOptions::for_window(self.dir())).expect("it opens"));
        self.sign_in();
    }

    /// Lets go of the till as a kill would: nothing is closed in order.
    pub fn drop_till(&mut self) {
        self.till = None;
    }

    /// Closes the till in order.
    pub fn close(&mut self) {
        if let Some(till) = self.till.take() {
            till.close();
        }
    }

    /// Closed and opened again, with the manager signed in.
    pub fn restart(&mut self) {
        self.close();
        self.open();
        self.sign_in();
    }

    /// The till.
    pub fn till(&self) -> &Arc<Till> {
        self.till.as_ref().expect("the till is open")
    }

    /// Its folder.
    pub fn dir(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The first operator of this shop.
    pub fn manager(&self) -> Uuid {
        let people = self.till().operators().expect("the people");
        people.first().expect("somebody works here").operator_id
    }

    /// Signs the manager in.
    pub fn sign_in(&self) {
        let answer = self
            .till()
            .sign_in(self.manager(), MANAGER_PIN.to_owned())
            .expect("an answer");
        assert!(
            matches!(answer, SignIn::SignedIn { .. }),
            "the manager signs in: {answer:?}"
        );
    }

    /// Imports a catalogue.
    pub fn stock(&self, csv: &str) {
        let file = self.file("catalogue.csv", csv.as_bytes());
        let report = self
            .till()
            .import_catalogue(&file, false)
            .expect("it is read");
        assert_eq!(report.refused_rows, 0, "{:?}", report.refused);
    }

    /// A file in the folder beside the till's own.
    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("a file is written");
        path
    }

    /// Scans what must be found.
    pub fn scan(&self, code: &str) {
        let answer = self
            .till()
            .scan(code.to_owned(), ScannedBy::Scanner)
            .expect("an answer");
        assert!(
            matches!(answer, ScanAnswer::Added { .. }),
            "{code} is put into the cart: {answer:?}"
        );
    }

    /// Pays what remains in cash and completes.
    pub fn pay_cash(&self) -> Done {
        let due = self.till().tender().expect("something is due");
        self.till()
            .add_tender(TenderKind::Cash, due.remaining_minor, None)
            .expect("cash is taken");
        self.till().complete().expect("it is recorded")
    }

    /// One sale, paid in cash, seen by the cashier.
    pub fn sell(&self, codes: &[&str]) -> Done {
        for code in codes {
            self.scan(code);
        }
        let done = self.pay_cash();
        self.till().told(done.sale_id).expect("it is told");
        done
    }

    /// What both media and every row say, checked.
    pub fn prove(&self) {
        let proof = self.till().verify(false).expect("it can be verified");
        assert!(proof.holds(), "the journal verifies: {}", proof.words());
    }

    /// Opening again, and what it says no with.
    pub fn refused_opening(dir: &Path) -> AppError {
        match Till::open(TillOptions::for_command(dir.to_owned())) {
            Ok(_) => panic!("the till must not open"),
            Err(error) => error,
        }
    }
}

fn start_alone(currency: &str) -> SetUp {
    SetUp::StartAlone {
        branch_name: "Corner Shop".to_owned(),
        till_name: "1".to_owned(),
        currency: currency.to_owned(),
        price_mode: PriceMode::TaxIncluded,
        tax_name: "VAT".to_owned(),
        tax_rate: "20".to_owned(),
        manager_name: "Mona".to_owned(),
        manager_pin: MANAGER_PIN.to_owned(),
    }
}

/// A key file as the till makes one.
pub fn private_key(dir: &Path) {
    let mut random = [0_u8; 64];
    getrandom::fill(&mut random).expect("random bytes");
    let key = serde_json::json!({
        "vault": hex::encode(&random[..32]),
        "signing": hex::encode(&random[32..]),
    });
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(dir.join("till.key"))
        .and_then(|mut file| file.write_all(key.to_string().as_bytes()))
        .expect("a key file");
}
