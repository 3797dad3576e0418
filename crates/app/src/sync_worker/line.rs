//! The line to the cloud: a client and the little runtime that its calls run on.

use std::future::Future;
use std::sync::Arc;

use protocol::cloud::{CallFailure, CloudApi as _};
use protocol::signing;
use protocol::wire::{EnrolAnswer, EnrolRequest, PROTO};
use tokio::runtime::{Builder, Runtime};
use transport::{HttpCloud, HttpCloudConfig};

use crate::bring_up::APP_VERSION;
use crate::config::{CONFIG, CloudLink, TillConfig};
use crate::dto::TillStatus;
use crate::error::{AppError, Code};
use crate::own_cloud::OwnCloud;
use crate::till::Till;

/// A client for one address.
pub(crate) struct CloudLine {
    cloud: HttpCloud,
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
    /// The demo branch's own cloud, running as long as the line.
    own: Option<OwnCloud>,
}

/// What joining brought.
pub(crate) struct Joined {
    pub branch_name: String,
}

impl CloudLine {
    /// A line to an address; nothing is sent yet.
    pub fn open(till: &Till, url: &str, own: Option<OwnCloud>) -> Result<Self, AppError> {
        let config = HttpCloudConfig {
            url: url.to_owned(),
            till: till.identity()?.till,
            key: till.signing_key(),
            clock: Arc::clone(&till.clock),
            app: APP_VERSION.to_owned(),
        };
        let cloud = HttpCloud::new(config).map_err(|refused| {
            AppError::new(Code::CloudUnreachable, refused.to_string()).field("cloud_url", url)
        })?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| AppError::internal(&error))?;
        Ok(Self {
            cloud,
            runtime: Some(runtime),
            own,
        })
    }

    /// Whether the line ends at a cloud of our own that runs no more.
    pub fn own_has_ended(&mut self) -> bool {
        self.own.as_mut().is_some_and(OwnCloud::has_ended)
    }

    /// Runs one call to its end, on a thread of its own: a command of the window is run by a
    /// runtime already, and one runtime cannot wait inside another.
    pub fn block_on<F, T>(&self, call: impl FnOnce(HttpCloud) -> F + Send) -> T
    where
        F: Future<Output = T>,
        T: Send,
    {
        let Some(runtime) = &self.runtime else {
            unreachable!("a line has its runtime until it is dropped")
        };
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| runtime.block_on(call(self.cloud.clone())));
            waiting
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl Drop for CloudLine {
    fn drop(&mut self) {
        // A command of the window may not wait for a runtime's end inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Till {
    /// The line to the cloud this till belongs to.
    pub(crate) fn cloud_line(&self) -> Result<CloudLine, AppError> {
        match &self.config()?.cloud {
            CloudLink::None => Err(AppError::new(
                Code::NotSetUp,
                "this till belongs to no cloud: join one first",
            )),
            CloudLink::Joined { url } => CloudLine::open(self, url, None),
            CloudLink::Own => {
                let own = OwnCloud::start(&self.dir)?;
                let url = own.url().to_owned();
                CloudLine::open(self, &url, Some(own))
            }
        }
    }

    /// Joins a branch of a cloud; sells on with the chain it has.
    pub fn enrol(&self, cloud_url: String, code: String) -> Result<TillStatus, AppError> {
        self.session_with(domain::Right::SetUpTill)?;
        let config = self.config()?;
        if config.cloud != CloudLink::None {
            return Err(AppError::new(
                Code::AlreadyEnrolled,
                "this till belongs to a cloud already: nothing was changed",
            ));
        }
        let joined = self.join(&cloud_url, &code, &config.till_name)?;
        let mut config: TillConfig = (*config).clone();
        config.branch_name = joined.branch_name;
        config.cloud = CloudLink::Joined { url: cloud_url };
        let stored = config.clone();
        self.vault
            .transact(move |tx| vault::settings::put(tx, CONFIG, &stored))?;
        self.remember_config(config);
        self.restart_sync()?;
        self.tell_status();
        self.status()
    }

    /// Hands the code in and takes the cloud's tenant and branch; the settings stay the caller's.
    pub(crate) fn join(
        &self,
        cloud_url: &str,
        code: &str,
        till_name: &str,
    ) -> Result<Joined, AppError> {
        let identity = self.identity()?;
        let code = code.trim().to_uppercase();
        let statement = signing::enrol_statement(identity.till, &identity.public_key, &code);
        let request = EnrolRequest {
            proto: PROTO,
            till: identity.till,
            till_name: till_name.to_owned(),
            public_key: identity.public_key,
            genesis_tenant: identity.genesis_tenant,
            genesis_branch: identity.genesis_branch,
            signature: signing::sign(&self.signing_key(), &statement),
            code,
        };
        let line = CloudLine::open(self, cloud_url, None)?;
        let asked: Result<EnrolAnswer, CallFailure> =
            line.block_on(|cloud| async move { cloud.enrol(&request).await });
        let answer = asked?;
        let mut joined = identity;
        joined.tenant = answer.tenant;
        joined.branch = answer.branch;
        self.vault
            .transact(move |tx| vault::identity::change(tx, joined))?;
        Ok(Joined {
            branch_name: answer.branch_name,
        })
    }

    fn restart_sync(&self) -> Result<(), AppError> {
        let old = self.workers().sync.take();
        if let Some(old) = old {
            old.stop();
        }
        self.start_workers()
    }
}
