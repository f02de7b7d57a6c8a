//! The engine in a program of your own: `cargo run --release --example embed -- FOLDER PROMPT`.

use std::path::Path;

use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Gpt2, Options, Shape, Wanted};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, prompt] = &arguments[..] else {
        return Err("usage: embed FOLDER PROMPT".into());
    };
    let folder = Path::new(folder);
    let tokenizer = tokenizers::Tokenizer::from_file(folder.join("tokenizer.json"))?;
    let config = std::fs::read(folder.join("config.json"))?;
    let config: serde_json::Value = serde_json::from_slice(&config)?;
    let number = |key: &str| config[key].as_u64().unwrap_or_default() as usize;
    let shape = Shape {
        vocabulary: number("vocab_size"),
        context: number("n_positions"),
        width: number("n_embd"),
        heads: number("n_head"),
        layers: number("n_layer"),
        epsilon: 1e-5,
    };
    let options = Options::new(Precision::Int8);
    let mut model = Gpt2::load(&folder.join("rust_model.ot"), shape, options)?;
    let mut ids = tokenizer.encode(prompt.as_str(), false)?.get_ids().to_vec();
    let mut unread = ids.clone();
    while ids.len() < shape.context.min(40) {
        let logits = model.forward(&[unread], Wanted::Last)?;
        let best = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
        unread = vec![best.unwrap_or_default() as u32];
        ids.extend(&unread);
    }
    println!("{}", tokenizer.decode(&ids, true)?);
    Ok(())
}
