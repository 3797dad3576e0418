//! The models.
//!
//! - [`sending`]: tills, a host that only carries, and a cloud; vaults that are restored, cloned, rewound
//!   while running or lose their newest entry; clouds that are restored; a network that loses, repeats and
//!   reorders.
//! - [`pulling`]: readers that page through rows while writers commit late.
//! - [`settling`]: two people decide one conflict.
//!
//! Each has wrong variants, and each variant is refuted with the history that breaks it: that is how we know
//! that the properties can see.
//!
//! PROTOCOL.md as of 01b354b81667843d. A tidy test holds this line: when the page changes, look whether the
//! models still say the same, change them if not, and then this line.

pub mod pulling;
pub mod sending;
pub mod settling;
