//! Operators and their PINs.

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use domain::pin::pin_well_formed;
use uuid::Uuid;

use super::{MAX_NAME_CHARS, Office, OfficeError, checks};
use crate::store::admin::{OperatorEntry, Put, ShopKey, ShopPut, ShopRow, ShopTable};

/// 19 MiB: what a till PC hashes in about 20 ms.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;

impl Office<'_> {
    /// Everybody who works here.
    pub async fn operators(&self) -> Result<Vec<OperatorEntry>, OfficeError> {
        let rows = self
            .store
            .shop_rows(self.admin.tenant, ShopTable::Operators)
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| match row {
                ShopRow::Operator(operator) => Some(operator),
                ShopRow::TaxClass(_) | ShopRow::InStoreRule(_) | ShopRow::Setting(_) => None,
            })
            .collect())
    }

    /// Makes an operator be so; their PIN stays.
    pub async fn put_operator(
        &self,
        operator: OperatorEntry,
    ) -> Result<OperatorEntry, OfficeError> {
        let operator_id = operator.operator_id;
        if operator_id.is_nil() {
            return Err(OfficeError::Malformed(
                "operator_id is all zero: that is the till itself".into(),
            ));
        }
        let put = ShopPut::Operator(OperatorEntry {
            name: checks::text("name", &operator.name, MAX_NAME_CHARS)?,
            ..operator
        });
        match self.store.put_shop_row(self.admin.tenant, put).await? {
            Put::Orphan | Put::Taken => Err(OfficeError::Malformed(
                "branches names a branch that this business does not have".into(),
            )),
            Put::Made | Put::Changed | Put::Same => self.operator(operator_id).await,
        }
    }

    /// Sets a PIN; only its hash is kept.
    pub async fn set_pin(&self, operator_id: Uuid, pin: &str) -> Result<(), OfficeError> {
        pin_well_formed(pin).map_err(|refused| OfficeError::Malformed(refused.to_string()))?;
        let mut salt = [0_u8; 16];
        self.ports.entropy.fill(&mut salt);
        let pin_phc = phc(pin.to_owned(), salt).await?;
        let put = ShopPut::OperatorPin {
            operator_id,
            pin_phc,
        };
        match self.store.put_shop_row(self.admin.tenant, put).await? {
            Put::Made | Put::Changed | Put::Same => Ok(()),
            Put::Orphan | Put::Taken => Err(OfficeError::not_there("operator", &operator_id)),
        }
    }

    /// Takes an operator away; what they did keeps their name.
    pub async fn delete_operator(&self, operator_id: Uuid) -> Result<(), OfficeError> {
        let key = ShopKey::Operator(operator_id);
        if self.store.delete_shop_row(self.admin.tenant, key).await? {
            Ok(())
        } else {
            Err(OfficeError::not_there("operator", &operator_id))
        }
    }

    pub(super) async fn operator(&self, operator_id: Uuid) -> Result<OperatorEntry, OfficeError> {
        let mut all = self.operators().await?.into_iter();
        all.find(|operator| operator.operator_id == operator_id)
            .ok_or_else(|| OfficeError::not_there("operator", &operator_id))
    }
}

/// Argon2id in PHC form, on a thread where it may take its time.
async fn phc(pin: String, salt: [u8; 16]) -> Result<String, OfficeError> {
    let failed = || OfficeError::Malformed("the PIN could not be hashed: try again".into());
    let hashing = tokio::task::spawn_blocking(move || {
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon2.hash_password_with_salt(pin.as_bytes(), &salt).ok()?;
        Some(hash.to_string())
    });
    hashing.await.ok().flatten().ok_or_else(failed)
}
