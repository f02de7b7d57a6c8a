//! GPT-2 inference from the weights that the workflow deploys, without libtorch.
//!
//! [`archive`] reads `rust_model.ot`; [`kernels`] computes on 16-row panels of weights, with the
//! best instructions the processor has; [`model`] is GPT-2 in terms of them. [`whole_file`] is how every
//! file is written, here and in the application.

pub mod archive;
pub mod kernels;
pub mod model;
pub mod whole_file;
