//! `update-profile FILE PROFILE FIRST COUNT [withdraw]`: publishes made-up sets in a profile, one after the other.
//!
//! Says `started` when the file is open, and the number of a set after its publication was reported. With `withdraw` each
//! set is withdrawn before the next one, and that is said, too.
#![expect(clippy::print_stdout, reason = "its output is what its caller waits for")]

use std::error::Error;

use leapp_core::CredentialSink;
use leapp_store_ini::CredentialsFile;

#[path = "changes.rs"]
mod changes;
#[path = "made_up.rs"]
mod made_up;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, profile, first, count, is_withdrawn) = match arguments.as_slice() {
        [file, profile, first, count] => (file, profile, first, count, false),
        [file, profile, first, count, more] if more == "withdraw" => (file, profile, first, count, true),
        _ => return Err("what is needed: FILE PROFILE FIRST COUNT [withdraw]".into()),
    };
    let (first, count): (u32, u32) = (first.parse()?, count.parse()?);
    // One thread for everything that touches the file: what is injected into the nth call of a thread has one meaning.
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build()?;
    runtime.block_on(async {
        let path = file.clone();
        let sink = tokio::task::spawn_blocking(|| CredentialsFile::open(path)).await??;
        println!("started");
        for number in first..first.saturating_add(count) {
            sink.apply(&[changes::publish(profile, number)?]).await?;
            println!("{number}");
            if is_withdrawn {
                sink.apply(&[changes::withdraw(profile)?]).await?;
                println!("{number} withdrawn");
            }
        }
        Ok(())
    })
}
