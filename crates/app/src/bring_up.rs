//! How a till comes up: keys, vault, catalogue, the open cart, the workers.

use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};

use domain::Product;
use ed25519_dalek::SigningKey;
use journal::{Disk as _, RealDisk};
use protocol::TillIdentity;
use protocol::body::OpBody;
use protocol::ports::{Clock, Entropy, new_id};
use vault::shop::{Shop, ShopOpened};
use vault::{OpenVault, Vault, VaultKey, settings};

use crate::config::{CONFIG, TillConfig};
use crate::error::{AppError, Code};
use crate::events::Listeners;
use crate::keys::{self, TillKeys};
use crate::ports::{OsEntropy, SystemClock};
use crate::print_worker::PrintWorker;
use crate::products::{PRODUCT_KINDS, product_of};
use crate::sync_worker::SyncWorker;
use crate::till::{Counter, Till, TillOptions, Workers};

/// The program's version, sealed into every op.
pub(crate) const APP_VERSION: &str = env!("CARGO_PKG_VERSION");

impl Till {
    /// Opens the till in its folder, alone; makes one that can be set up if there is none.
    pub fn open(options: TillOptions) -> Result<Arc<Self>, AppError> {
        let dir = options.dir;
        make_dir(&dir)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let (till_keys, key_place) = keys::open(&dir, entropy.as_ref())?;
        let mut opening = OpenVault::new(
            &dir,
            VaultKey::new(till_keys.vault),
            Arc::clone(&clock),
            Arc::clone(&entropy),
            APP_VERSION,
        );
        opening.identity = Some(new_identity(&till_keys, clock.as_ref(), entropy.as_ref()));
        let (vault, start) = Vault::open(opening)?;
        let (shop, shop_opened) = Shop::open(&dir, None)?;
        // What head office tells of people and conflicts hangs on no shelf: it lies under a key.
        shop.open_office(&VaultKey::new(till_keys.vault).shop_key())?;
        put_made_products(&vault, &shop, &shop_opened)?;
        let (config, cart): (Option<TillConfig>, _) = vault
            .read(|reader| Ok((settings::get(reader, CONFIG)?, vault::cart::load(reader)?)))?;
        let newest_line = cart
            .as_ref()
            .and_then(|cart| cart.lines.last().map(|line| line.line_no));
        let till = Arc::new_cyclic(|me| Self {
            me: me.clone(),
            dir,
            vault,
            shop,
            keys: till_keys,
            key_place,
            clock,
            entropy,
            start,
            counter: Mutex::new(Counter {
                cart,
                newest_line,
                ..Counter::default()
            }),
            pin_gate: Mutex::new(()),
            config: RwLock::new(config.map(Arc::new)),
            listeners: Listeners::default(),
            telling: Mutex::new(()),
            revision: AtomicU64::new(0),
            most_waiting: AtomicU64::new(0),
            workers: Mutex::new(Workers::default()),
            runs_workers: options.workers,
        });
        till.start_workers()?;
        Ok(till)
    }

    /// Starts what runs behind the counter, once the till is set up.
    pub(crate) fn start_workers(&self) -> Result<(), AppError> {
        if !self.runs_workers || self.config_if_set_up().is_none() {
            return Ok(());
        }
        let paused = self.sync_paused()?;
        let mut workers = self.workers();
        if workers.printing.is_none() {
            workers.printing = Some(PrintWorker::start(self.me.clone())?);
        }
        if workers.sync.is_none() {
            workers.sync = Some(SyncWorker::start(self.me.clone(), paused)?);
        }
        Ok(())
    }

    pub(crate) fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.keys.signing)
    }
}

/// A till that starts alone mints its own identity; a cloud may give it another tenant and branch
/// later, the chain goes on.
fn new_identity(keys: &TillKeys, clock: &dyn Clock, entropy: &dyn Entropy) -> TillIdentity {
    let (tenant, branch) = (new_id(clock, entropy), new_id(clock, entropy));
    TillIdentity {
        tenant,
        branch,
        till: new_id(clock, entropy),
        genesis_tenant: tenant,
        genesis_branch: branch,
        public_key: SigningKey::from_bytes(&keys.signing)
            .verifying_key()
            .to_bytes(),
    }
}

/// Durably: a folder whose name is lost in a power cut takes everything in it along.
fn make_dir(dir: &Path) -> Result<(), AppError> {
    RealDisk.make_folder(dir).map_err(|error| {
        AppError::new(
            Code::ReadOnly,
            format!("the data folder {} cannot be made: {error}; give the till a folder it may write to", dir.display()),
        )
    })
}

/// A catalogue that was made anew gets the changes back that were made at this till, in their order:
/// their ops are the facts.
fn put_made_products(vault: &Vault, shop: &Shop, opened: &ShopOpened) -> Result<(), AppError> {
    if !opened.made_anew {
        return Ok(());
    }
    let mut made: Vec<OpBody> = Vec::new();
    vault.read(|reader| {
        vault::queue::each_of_kinds(reader, &PRODUCT_KINDS, |envelope| made.push(envelope.body))
    })?;
    for body in &made {
        put_again(shop, body)?;
    }
    shop.caught_up();
    Ok(())
}

/// Lays one change over the catalogue; a price of an article that nobody knows any more is left out.
fn put_again(shop: &Shop, body: &OpBody) -> Result<(), AppError> {
    let standing = match product_of(body) {
        Some(product_id) => shop.product(product_id)?,
        None => None,
    };
    match (body, standing) {
        (OpBody::ProductEditedV1(edited), standing) => {
            let row_version = standing.map_or(0, |product| product.row_version);
            let product = Product {
                row_version,
                ..edited.to_product()
            };
            shop.put_product(&product, &edited.barcodes)?;
        }
        (OpBody::PriceSetV1(price), Some(standing)) => {
            let barcodes = shop.barcodes_of(price.product_id)?;
            let product = Product {
                price_minor: price.price_minor,
                ..standing
            };
            shop.put_product(&product, &barcodes)?;
        }
        (OpBody::PriceSetV1(_), None)
        | (
            OpBody::SaleRecordedV1(_)
            | OpBody::RefundRecordedV1(_)
            | OpBody::CartVoidedV1(_)
            | OpBody::StockMovedV1(_)
            | OpBody::StockCountedV1(_)
            | OpBody::ConflictSettledV1(_)
            | OpBody::TillIncidentV1(_),
            _,
        ) => {}
    }
    Ok(())
}
