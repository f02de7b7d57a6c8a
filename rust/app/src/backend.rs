//! Which implementation computes the model.

use anyhow::Result;

use crate::deploy::Deploy;
use crate::model::Model;

/// Load the model of a deploy folder.
///
/// # Errors
/// The folder's files are damaged, or the binary was built without a backend.
#[cfg(feature = "rust-bert")]
pub fn load(deploy: &Deploy, threads: Option<usize>) -> Result<Box<dyn Model>> {
    Ok(Box::new(crate::rust_bert_model::RustBertModel::load(
        deploy, threads,
    )?))
}

/// Say that nothing can compute the model.
///
/// # Errors
/// Always.
#[cfg(not(feature = "rust-bert"))]
pub fn load(_deploy: &Deploy, _threads: Option<usize>) -> Result<Box<dyn Model>> {
    anyhow::bail!("this binary was built without a backend; build it with --features rust-bert")
}
