//! The command line that a browser is started with. Nothing secret is in it: not even the login page's
//! address.

use std::ffi::OsString;
use std::path::Path;

use crate::browser::Browser;

/// For every browser.
const ALWAYS: &[&str] = &[
    // Read at descriptor 3, written at descriptor 4.
    "--remote-debugging-pipe",
    // Requests are watched before there is a page that could make one.
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-crash-restore-bubble",
    // Else the browser may outlive its last window.
    "--disable-background-mode",
    // A new profile has nothing to fetch, to report or to synchronise.
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    // A desktop's keychain would ask its person for a password before the browser starts. The folder's mode
    // protects it.
    "--password-store=basic",
];

/// Cookies that end with the browser stay for the next start. That is how a login is kept: most identity
/// providers' are of that kind. It brings no windows back, as none is opened at the start.
const KEEPS_THE_LOGIN: &str = "--restore-last-session";

pub(crate) fn of(browser: &Browser, profile: &Path, is_kept: bool) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    let mut folder = OsString::from("--user-data-dir=");
    folder.push(profile);
    arguments.push(folder);
    if is_kept {
        arguments.push(KEEPS_THE_LOGIN.into());
    }
    if browser.is_headless {
        arguments.push("--headless=new".into());
    }
    if !browser.is_sandboxed {
        arguments.push("--no-sandbox".into());
    }
    arguments.extend(browser.arguments.iter().map(OsString::from));
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(browser: &Browser, is_kept: bool) -> Vec<String> {
        let arguments = of(browser, Path::new("/p"), is_kept);
        arguments.into_iter().map(|argument| argument.into_string().unwrap()).collect()
    }

    #[test]
    fn the_sandbox_stays_unless_the_caller_turns_it_off() {
        let browser = Browser::open_at(std::env::current_exe().unwrap()).unwrap();
        let asked = ["--headless=new", "--no-sandbox", "--restore-last-session"];
        assert!(line(&browser, false).iter().all(|argument| !asked.contains(&&**argument)));
        let all = line(&browser.headless().without_sandbox(), true);
        assert!(asked.iter().all(|asked| all.iter().any(|argument| argument == asked)), "{all:?}");
    }

    #[test]
    fn no_port_is_opened() {
        let browser = Browser::open_at(std::env::current_exe().unwrap()).unwrap();
        let all = line(&browser, false);
        assert!(all.contains(&"--remote-debugging-pipe".to_owned()));
        assert!(
            !all.iter().any(|argument| argument.contains("port") || argument.contains("address")),
            "{all:?}"
        );
        assert!(all.contains(&"--user-data-dir=/p".to_owned()));
    }
}
