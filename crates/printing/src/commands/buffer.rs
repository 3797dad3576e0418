//! A driver for crate escpos that keeps the bytes: the job is made first and sent afterwards, in one
//! piece, by a driver of ours that knows deadlines.

use std::cell::RefCell;

use escpos::driver::Driver;
use escpos::errors::Result;

#[derive(Debug, Default)]
pub(super) struct Kept(RefCell<Vec<u8>>);

impl Kept {
    pub(super) fn take(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

impl Driver for Kept {
    fn name(&self) -> String {
        "kept".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}
