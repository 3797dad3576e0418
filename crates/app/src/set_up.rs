//! The first run, and how a till is set up from the command line.
//!
//! Promises that a till which has been set up is never set up again, and that a set-up which fails
//! half way (no cloud, a wrong code) leaves a till that can be set up.

use domain::{Currency, InStoreRule, Role, TaxClass};
use serde::Serialize;
use vault::operators::{self, Operator};
use vault::settings;
use vault::shop::{ImportOptions, PriceRule};

use crate::config::{CONFIG, CloudLink, TillConfig};
use crate::demo;
use crate::dto::{CurrencyDto, SetUp, TillStatus};
use crate::error::{AppError, Code};
use crate::own_cloud::{self, OwnCloud};
use crate::till::Till;

/// The tax class of shops that have not named one.
const NO_TAX: &str = "none";

/// What the command line can set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InitWhat {
    /// The demo branch, without a cloud of its own.
    Demo,
    /// Nothing but a currency.
    Empty {
        /// ISO 4217.
        currency: String,
        /// The shop.
        branch_name: String,
        /// This till.
        till_name: String,
        /// The manager's PIN; made if absent.
        pin: Option<String>,
    },
}

/// What was set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InitReport {
    /// The till's id.
    pub till: uuid::Uuid,
    /// The shop.
    pub branch_name: String,
    /// Where the keys are kept.
    pub keys: &'static str,
    /// A PIN that was made, told this once.
    pub manager_pin: Option<String>,
}

impl InitReport {
    /// For people.
    pub fn words(&self) -> String {
        let pin = self.manager_pin.as_ref().map_or_else(String::new, |pin| {
            format!("\nThe operator \"Manager\" signs in with PIN {pin}: write it down now.")
        });
        format!(
            "{} is set up (till {}). Its keys are kept {}.{pin}",
            self.branch_name, self.till, self.keys
        )
    }
}

impl Till {
    /// Sets the till up in one of the three ways of the first run.
    pub fn set_up(&self, choice: SetUp) -> Result<TillStatus, AppError> {
        self.refuse_if_set_up()?;
        match choice {
            SetUp::TryIt => self.try_it()?,
            SetUp::StartAlone {
                branch_name,
                till_name,
                currency,
                price_mode,
                tax_name,
                tax_rate,
                manager_name,
                manager_pin,
            } => {
                let tax = TaxClass {
                    code: "standard".to_owned(),
                    name: named("tax_name", &tax_name)?,
                    rate_bp: domain::parse_rate_bp(&tax_rate)?,
                };
                let mut config = self.usual(&currency, &branch_name, &till_name)?;
                config.rules.price_mode = price_mode;
                self.begin(
                    config,
                    &[tax],
                    &[(&manager_name, Role::Manager, &manager_pin)],
                )?;
            }
            SetUp::JoinBranch {
                cloud_url,
                code,
                till_name,
                currency,
                manager_name,
                manager_pin,
            } => {
                domain::pin_well_formed(&manager_pin)?;
                named("manager_name", &manager_name)?;
                let mut config = self.usual(&currency, "Branch", &till_name)?;
                let joined = self.join(&cloud_url, &code, &config.till_name)?;
                config.branch_name = joined.branch_name;
                config.cloud = CloudLink::Joined { url: cloud_url };
                self.begin(config, &[], &[(&manager_name, Role::Manager, &manager_pin)])?;
            }
        }
        self.start_workers()?;
        self.tell_status();
        self.status()
    }

    /// Sets the till up from the command line.
    pub fn init(&self, what: InitWhat) -> Result<InitReport, AppError> {
        self.refuse_if_set_up()?;
        let mut manager_pin = None;
        match what {
            InitWhat::Demo => self.begin_demo(CloudLink::None)?,
            InitWhat::Empty {
                currency,
                branch_name,
                till_name,
                pin,
            } => {
                let pin = pin.unwrap_or_else(|| {
                    let made = self.make_pin();
                    manager_pin = Some(made.clone());
                    made
                });
                let config = self.usual(&currency, &branch_name, &till_name)?;
                self.begin(config, &[], &[("Manager", Role::Manager, &pin)])?;
            }
        }
        Ok(InitReport {
            till: self.identity()?.till,
            branch_name: self.config()?.branch_name.clone(),
            keys: self.key_place.words(),
            manager_pin,
        })
    }

    /// Every currency a till can count in.
    pub fn currencies(&self) -> Result<Vec<CurrencyDto>, AppError> {
        Ok(Currency::all().map(CurrencyDto::from).collect())
    }

    fn refuse_if_set_up(&self) -> Result<(), AppError> {
        if self.config_if_set_up().is_none() {
            return Ok(());
        }
        Err(already_set_up())
    }

    /// The demo branch with its own cloud, or alone where the cloud's program is not installed.
    fn try_it(&self) -> Result<(), AppError> {
        if !own_cloud::available() {
            return self.begin_demo(CloudLink::None);
        }
        let cloud = OwnCloud::start(&self.dir)?;
        let code = OwnCloud::enrol_code(&self.dir, "Holdfast demo", demo_branch())?;
        self.join(cloud.url(), &code, "1")?;
        drop(cloud);
        self.begin_demo(CloudLink::Own)
    }

    fn begin_demo(&self, cloud: CloudLink) -> Result<(), AppError> {
        let mut config = self.usual("GBP", demo_branch(), "1")?;
        config.demo = true;
        config.cloud = cloud;
        "standard".clone_into(&mut config.default_tax_class);
        config.branch_lines = vec![
            "1 Harbour Road, Whitby".to_owned(),
            "VAT GB 123 4567 89".to_owned(),
        ];
        config.footer = vec!["Thank you, see you soon".to_owned()];
        let taxes: Vec<TaxClass> =
            serde_json::from_str(demo::TAX_CLASSES).map_err(|error| AppError::internal(&error))?;
        let rules: Vec<InStoreRule> =
            serde_json::from_str(demo::RULES).map_err(|error| AppError::internal(&error))?;
        for class in &taxes {
            self.shop.put_tax_class(class)?;
        }
        self.shop.set_rules(&rules)?;
        let options = ImportOptions {
            dry_run: false,
            default_tax_class: Some(config.default_tax_class.clone()),
            price_rule: PriceRule::AsGiven,
            currency: config.rules.currency,
            at_ms: self.now_ms(),
        };
        self.shop.import(demo::CATALOGUE, &options, &mut |_| {})?;
        self.begin(config, &taxes, &demo::PEOPLE)
    }

    fn usual(&self, currency: &str, branch: &str, till: &str) -> Result<TillConfig, AppError> {
        let currency = Currency::from_code(&currency.to_uppercase()).ok_or_else(|| {
            AppError::new(
                Code::CurrencyUnknown,
                format!("{currency:?} is no currency this till counts in: give an ISO 4217 code such as GBP"),
            )
            .field("currency", currency)
        })?;
        Ok(TillConfig::usual(
            currency,
            &named("branch_name", branch)?,
            &named("till_name", till)?,
        ))
    }

    /// The last step: taxes first, then people and config at once, so that a half set-up is none
    /// and two at the same time are one.
    fn begin(
        &self,
        mut config: TillConfig,
        taxes: &[TaxClass],
        people: &[(&str, Role, &str)],
    ) -> Result<(), AppError> {
        let people: Vec<Operator> = people
            .iter()
            .map(|(name, role, pin)| self.new_operator(name, *role, pin))
            .collect::<Result<_, _>>()?;
        let none = TaxClass {
            code: NO_TAX.to_owned(),
            name: "No tax".to_owned(),
            rate_bp: 0,
        };
        for class in taxes.iter().chain([&none]) {
            self.shop.put_tax_class(class)?;
        }
        if config.default_tax_class == NO_TAX
            && let Some(first) = taxes.first()
        {
            config.default_tax_class.clone_from(&first.code);
        }
        let stored = config.clone();
        self.vault.transact_or(move |tx| -> Result<_, AppError> {
            if settings::get::<TillConfig>(tx, CONFIG)?.is_some() {
                return Err(already_set_up());
            }
            for operator in &people {
                operators::put(tx, operator)?;
            }
            Ok(settings::put(tx, CONFIG, &stored)?)
        })?;
        self.remember_config(config);
        Ok(())
    }

    /// Four random digits that the policy takes.
    fn make_pin(&self) -> String {
        loop {
            let mut random = [0_u8; 2];
            self.entropy.fill(&mut random);
            let pin = format!("{:04}", u16::from_be_bytes(random) % 10_000);
            if domain::pin_well_formed(&pin).is_ok() {
                return pin;
            }
        }
    }
}

fn already_set_up() -> AppError {
    AppError::new(
        Code::AlreadySetUp,
        "this till is set up already: nothing was changed",
    )
}

fn demo_branch() -> &'static str {
    "Harbour Stores"
}

fn named(field: &'static str, name: &str) -> Result<String, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(AppError::new(
            Code::NameMissing,
            format!("{field} must have 1 to 60 characters"),
        )
        .field(field, name)
        .limit(60));
    }
    Ok(name.to_owned())
}
