//! Head office's side of a [`World`](super::World): its credential and its calls.

use cloud::desk;
use serde_json::Value;

use super::{Answer, World, http};

impl World {
    pub async fn admin_token(&self, tenant: &str) -> String {
        desk::admin_token(&*self.store, &self.ports, tenant, false)
            .await
            .expect("a token")
    }

    /// The same for a tenant that may be new, with a branch "High Street".
    pub async fn admin_token_of(&self, tenant: &str) -> String {
        self.code(tenant, "High Street").await;
        self.admin_token(tenant).await
    }

    /// A new token, with which every older one ends.
    pub async fn admin_token_anew(&self, tenant: &str) -> String {
        desk::admin_token(&*self.store, &self.ports, tenant, true)
            .await
            .expect("a token")
    }

    /// A call of head office; a key of its own each time.
    pub async fn office(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let key = self.key().to_string();
        self.office_under(token, &key, method, path, body).await
    }

    pub async fn office_under(
        &self,
        token: &str,
        key: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let body = match body {
            Value::Null => Vec::new(),
            value => value.to_string().into_bytes(),
        };
        self.office_bytes(token, key, method, path, &body).await
    }

    pub async fn office_bytes(
        &self,
        token: &str,
        key: &str,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Answer {
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("idempotency-key", key.to_owned()),
        ];
        http::send(self.address, method, path, &headers, body).await
    }
}
