//! Passwords of people, as they stand in the file.

use leapp_core::Secret;
use toml::Spanned;

use super::problem::Problem;

/// What a form can send, and a shell's comment can hold.
pub(super) fn check(password: &Spanned<String>) -> Result<Secret, Problem> {
    let text = password.get_ref();
    if (1..=256).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(Secret::new(text));
    }
    Err(Problem::at(password, "a password has 1 to 256 printable characters"))
}
