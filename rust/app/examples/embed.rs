//! The engine in a program of your own: `cargo run --release --example embed -- FOLDER PROMPT`.

use gpt2ro_engine::kernels::Precision;
use gpt2ro_engine::model::{Config, Gpt2, Options, Wanted};
use gpt2ro_tokenizer::{SpecialTokens, Tokenizer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [folder, prompt] = [1, 2].map(|place| std::env::args().nth(place).unwrap_or_default());
    let file = |name| std::path::Path::new(&folder).join(name);
    let tokenizer = Tokenizer::from_json(&std::fs::read(file("tokenizer.json"))?)?;
    let shape = Config::read(&file("config.json"))?.shape();
    let options = Options::new(Precision::Int8);
    let mut model = Gpt2::load(&file("rust_model.ot"), shape, options)?;
    let mut ids = tokenizer.encode(&prompt, SpecialTokens::Read);
    let mut unread = ids.clone();
    while ids.len() < shape.context.min(40) {
        let logits = model.forward(&[unread], Wanted::Last)?;
        let best = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
        unread = vec![best.unwrap_or_default() as u32];
        ids.extend(&unread);
    }
    println!("{}", tokenizer.decode(&ids));
    Ok(())
}
