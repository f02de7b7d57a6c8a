//! The choice of a token: one of the vocabulary that is not barred, whatever the limits.

use gpt2ro::decoding::processors::Processors;
use gpt2ro::decoding::sampler::Sampler;
use gpt2ro::decoding::{Limits, Strategy};

/// Bytes of the settings, before those of the logits.
const SETTINGS: usize = 8;

/// The bytes are settings, then logits of two bytes each; the least one stands for a barred token.
pub fn sampler(bytes: &[u8]) -> bool {
    let Some((settings, rest)) = bytes.split_first_chunk::<SETTINGS>() else {
        return false;
    };
    let (pairs, _) = rest.as_chunks();
    let mut logits: Vec<f32> = pairs
        .iter()
        .map(|&pair| logit(i16::from_le_bytes(pair)))
        .collect();
    if logits.is_empty() {
        return false;
    }
    let vocabulary = logits.len();
    let history = history(settings, vocabulary);
    processors(settings, vocabulary).process(&mut logits, &history, 1);
    let mut sampler = Sampler::new(u64::from(settings[0]));
    let chosen = sampler.choose(&logits, &strategy(settings));
    let barred = |token: u32| logits[token as usize] == f32::NEG_INFINITY;
    match chosen {
        Some(token) => assert!(!barred(token), "{token} of {logits:?}"),
        None => assert!((0..logits.len() as u32).all(barred)),
    }
    true
}

fn logit(number: i16) -> f32 {
    if number == i16::MIN {
        f32::NEG_INFINITY
    } else {
        f32::from(number) / 16.0
    }
}

/// A limit is off for 0, and for 255 is what lets everything through.
fn strategy(settings: &[u8; SETTINGS]) -> Strategy {
    let share = |byte: u8| (byte > 0).then_some(f64::from(byte) / 255.0);
    Strategy::Sample {
        limits: Limits {
            top_k: (settings[1] > 0).then_some(usize::from(settings[1])),
            top_p: share(settings[2]),
            min_p: share(settings[3]),
            typical_p: share(settings[4]),
        },
        temperature: f64::from(settings[5].max(1)) / 64.0,
    }
}

fn processors(settings: &[u8; SETTINGS], vocabulary: usize) -> Processors {
    let token = usize::from(settings[6]) % vocabulary;
    Processors {
        repetition_penalty: 1.0 + f32::from(settings[6] % 4) / 4.0,
        frequency_penalty: f32::from(settings[7] % 4) / 4.0,
        presence_penalty: f32::from(settings[7] / 4 % 4) / 4.0,
        no_repeat_ngram: usize::from(settings[7] / 16 % 4),
        bad_words: vec![vec![token as u32], Vec::new()],
        bias: vec![(token as u32, 0.5)],
    }
}

/// Some tokens before the one to choose, the same one again among them.
fn history(settings: &[u8; SETTINGS], vocabulary: usize) -> Vec<u32> {
    let tokens = settings.iter().chain(settings);
    tokens
        .map(|&byte| (usize::from(byte) % vocabulary) as u32)
        .collect()
}
