//! `gpt2ro logits`: numbers to hold against another implementation.

use anyhow::{Context as _, Result};
use safetensors::tensor::{Dtype, TensorView, serialize};

use super::Speaker;
use crate::cli::LogitsOptions;
use crate::decoding::{Decoding, Strategy, check_length, generate};
use crate::model::{Model as _, Positions};
use crate::output::{check_place, read_prompts, write_atomically};

/// Run the command.
///
/// # Errors
/// The prompts or the model cannot be read, a prompt is too long, or the file cannot be written.
pub fn run(options: &LogitsOptions) -> Result<()> {
    let prompts = read_prompts(&options.prompts)?;
    check_place(&options.output)?;
    let mut speaker = Speaker::load(&options.model)?;
    let decoding = Decoding {
        max_new_tokens: options.max_new_tokens,
        ..Decoding::new(Strategy::Greedy, 0)
    };
    let mut tensors = Vec::new();
    for (index, prompt) in prompts.iter().enumerate() {
        let ids = speaker.deploy.encode(prompt);
        let Speaker { deploy, model, .. } = &mut speaker;
        check_length(model, &ids, &decoding)
            .with_context(|| format!("{}: prompt {}", options.prompts.display(), index + 1))?;
        model.reset();
        let shape = vec![ids.len(), model.vocabulary()];
        let logits = model.forward(std::slice::from_ref(&ids), Positions::All)?;
        let logits = logits.checked()?;
        let bytes = logits
            .values()
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        tensors.push((format!("prompt.{index}.logits"), Dtype::F32, shape, bytes));
        let greedy = generate(model, deploy, &ids, &decoding, &mut |_| Ok(true))?;
        tensors.push(id_tensor(format!("prompt.{index}.ids"), &ids));
        tensors.push(id_tensor(format!("greedy.{index}.ids"), &greedy.tokens));
    }
    let views = tensors
        .iter()
        .map(|(name, kind, shape, bytes)| Ok((name, TensorView::new(*kind, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>>>()?;
    let file = serialize(views, None).context("safetensors")?;
    write_atomically(&options.output, &file)
}

type OwnedTensor = (String, Dtype, Vec<usize>, Vec<u8>);

fn id_tensor(name: String, ids: &[u32]) -> OwnedTensor {
    let bytes = ids
        .iter()
        .flat_map(|&id| i64::from(id).to_le_bytes())
        .collect();
    (name, Dtype::I64, vec![ids.len()], bytes)
}
