//! One value, so that its reader takes it as it is. No value holds a control character: that is checked where sets are made.

use crate::{Error, ErrorKind};

/// What no reader takes for more than itself; what services issue has no other characters.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=_.:-".contains(c)
}

/// For sh, bash and zsh: within single quotes nothing means anything, and a single quote cannot stand.
pub(super) fn posix(text: &mut String, value: &str) {
    if value.chars().all(is_plain) {
        return text.push_str(value);
    }
    text.push('\'');
    for c in value.chars() {
        match c {
            '\'' => text.push_str("'\\''"),
            c => text.push(c),
        }
    }
    text.push('\'');
}

/// In fish's single quotes, a backslash stands before itself and before a quote.
pub(super) fn fish(text: &mut String, value: &str) {
    if value.chars().all(is_plain) {
        return text.push_str(value);
    }
    escaped(text, '\'', value, "\\'", '\\');
}

/// In PowerShell's double quotes, a backtick stands before what would end or expand; curly quotes end them too.
pub(super) fn powershell(text: &mut String, value: &str) {
    escaped(text, '"', value, "`$\"\u{201c}\u{201d}\u{201e}", '`');
}

/// In a `.env` file: plain, in single quotes, or, where there is one among it, in double quotes.
pub(super) fn dotenv(text: &mut String, value: &str) {
    if value.chars().all(is_plain) {
        text.push_str(value);
    } else if !value.contains(['\'', '\\']) {
        escaped(text, '\'', value, "", '\\');
    } else {
        escaped(text, '"', value, "\\\"$`", '\\');
    }
}

pub(super) fn json(text: &mut String, value: &str) {
    escaped(text, '"', value, "\\\"", '\\');
}

/// A whole assignment, since what is quoted is the assignment; within it, `cmd.exe` still expands percent and exclamation
/// marks.
pub(super) fn cmd(text: &mut String, variable: &str, value: &str) -> Result<(), Error> {
    if let Some(c) = value.chars().find(|c| "%!\"^".contains(*c)) {
        let message = format!("{variable} holds a {c:?}, which cmd.exe cannot be given");
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    let quote = if value.chars().all(is_plain) { "" } else { "\"" };
    [quote, variable, "=", value, quote].iter().for_each(|part| text.push_str(part));
    Ok(())
}

fn escaped(text: &mut String, quote: char, value: &str, special: &str, escape: char) {
    text.push(quote);
    for c in value.chars() {
        if special.contains(c) {
            text.push(escape);
        }
        text.push(c);
    }
    text.push(quote);
}
