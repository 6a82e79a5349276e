//! The browsers that can be driven, and where their installers put them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A browser and the names of its program: looked for on the search path, then at fixed places.
struct Candidate {
    names: &'static [&'static str],
    places: &'static [&'static str],
}

/// In this order: what is there for programs to use goes before what a person may have open.
#[cfg(all(unix, not(target_os = "macos")))]
const CANDIDATES: &[Candidate] = &[
    Candidate {
        names: &["chromium", "chromium-browser"],
        places: &["/usr/bin/chromium", "/snap/bin/chromium"],
    },
    Candidate {
        names: &["google-chrome-stable", "google-chrome"],
        places: &["/usr/bin/google-chrome", "/opt/google/chrome/chrome"],
    },
    Candidate {
        names: &["microsoft-edge-stable", "microsoft-edge"],
        places: &["/usr/bin/microsoft-edge", "/opt/microsoft/msedge/msedge"],
    },
    Candidate {
        names: &["brave-browser-stable", "brave-browser", "brave"],
        places: &["/usr/bin/brave-browser", "/opt/brave.com/brave/brave"],
    },
];

#[cfg(target_os = "macos")]
const CANDIDATES: &[Candidate] = &[
    Candidate { names: &["chromium"], places: &["/Applications/Chromium.app/Contents/MacOS/Chromium"] },
    Candidate { names: &[], places: &["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"] },
    Candidate { names: &[], places: &["/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"] },
    Candidate { names: &[], places: &["/Applications/Brave Browser.app/Contents/MacOS/Brave Browser"] },
];

#[cfg(windows)]
const CANDIDATES: &[Candidate] = &[
    Candidate { names: &[], places: &[r"C:\Program Files\Chromium\Application\chrome.exe"] },
    Candidate { names: &[], places: &[r"C:\Program Files\Google\Chrome\Application\chrome.exe"] },
    Candidate { names: &[], places: &[r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe"] },
    Candidate {
        names: &[],
        places: &[r"C:\Program Files\BraveSoftware\Brave-Browser\Application\brave.exe"],
    },
];

/// The first that is there.
pub(crate) fn find(search_path: Option<&OsStr>) -> Option<PathBuf> {
    find_by(search_path, |program| program.is_file())
}

fn find_by(search_path: Option<&OsStr>, is_there: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    // A relative folder in the search path would run what the working folder holds.
    let folders: Vec<PathBuf> = search_path
        .map(|path| std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect())
        .unwrap_or_default();
    CANDIDATES.iter().find_map(|candidate| {
        let on_the_path = candidate.names.iter().flat_map(|name| folders.iter().map(move |at| at.join(name)));
        let mut all = on_the_path.chain(candidate.places.iter().map(PathBuf::from));
        all.find(|program| is_there(program))
    })
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    fn found(search_path: &str, there: &[&str]) -> Option<String> {
        let found =
            find_by(Some(OsStr::new(search_path)), |program| there.iter().any(|at| program == Path::new(at)));
        found.map(|program| program.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_search_path_goes_before_the_usual_places() {
        let there = ["/usr/bin/chromium", "/home/me/bin/chromium"];
        assert_eq!(found("/home/me/bin", &there).as_deref(), Some("/home/me/bin/chromium"));
        assert_eq!(found("/other", &there).as_deref(), Some("/usr/bin/chromium"));
    }

    #[test]
    fn every_family_member_will_do() {
        for program in
            ["/x/google-chrome", "/x/microsoft-edge", "/x/brave-browser", "/opt/google/chrome/chrome"]
        {
            assert_eq!(found("/x", &[program]).as_deref(), Some(program));
        }
        assert_eq!(found("/x", &["/x/firefox"]), None);
    }

    #[test]
    fn the_working_folder_is_not_searched() {
        assert_eq!(found(".:bin:/x", &["./chromium", "bin/chromium", "chromium"]), None);
        assert_eq!(found(".:bin:/x", &["./chromium", "/x/chromium"]).as_deref(), Some("/x/chromium"));
    }
}
