#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gpt2ro_checks::wiki(bytes);
});
