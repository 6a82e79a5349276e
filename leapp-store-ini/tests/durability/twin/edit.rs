//! The new text.

use std::io;

use leapp_store_ini::Document;

use crate::changes::publish;
use crate::flaw::Flaw;

pub(crate) fn edit(flaw: Flaw, text: &[u8], profile: &str, number: u32) -> io::Result<Vec<u8>> {
    let change = publish(profile, number).map_err(io::Error::other)?;
    let before = match flaw {
        Flaw::DropsComments => by_line(text, |line| if is_comment(line) { b"" } else { line }),
        Flaw::DropsForeignKeys => without_section(text, profile),
        Flaw::WritesOnlyOurs => Vec::new(),
        _ => text.to_vec(),
    };
    let document = Document::parse(&before).with_changes(&[change]).map_err(io::Error::other)?;
    let after = document.to_bytes();
    Ok(match flaw {
        Flaw::AddsFinalNewline => [&after, b"\n".as_slice()].concat(),
        Flaw::ReordersSections => {
            let mut sections = sections(&after);
            sections.sort_unstable();
            sections.concat()
        }
        Flaw::UnixLineBreaks => after.iter().copied().filter(|byte| *byte != b'\r').collect(),
        _ => after.to_vec(),
    })
}

fn by_line(text: &[u8], change: impl FnMut(&[u8]) -> &[u8]) -> Vec<u8> {
    text.split_inclusive(|byte| *byte == b'\n').map(change).collect::<Vec<_>>().concat()
}

fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#") || line.starts_with(b";")
}

fn without_section(text: &[u8], profile: &str) -> Vec<u8> {
    let header = format!("[{profile}]");
    sections(text)
        .into_iter()
        .filter(|section| !section.starts_with(header.as_bytes()))
        .collect::<Vec<_>>()
        .concat()
}

/// What is before the first section, then each section with its header.
fn sections(text: &[u8]) -> Vec<&[u8]> {
    let mut starts = vec![0];
    starts.extend((1..text.len()).filter(|at| text[at - 1] == b'\n' && text[*at] == b'['));
    starts.push(text.len());
    starts.windows(2).map(|range| &text[range[0]..range[1]]).collect()
}
