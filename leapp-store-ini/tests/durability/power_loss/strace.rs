//! Records a program's calls from the outside.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Whatever changes a file, a name or a place in a file. A question mark is for calls that not every processor has.
const CALLS: &str = "trace=?open,openat,?openat2,?creat,close,dup,?dup2,dup3,fcntl,lseek,read,write,pwrite64,writev,\
    pwritev,pwritev2,sendfile,copy_file_range,splice,ftruncate,truncate,fallocate,fsync,fdatasync,sync,syncfs,\
    sync_file_range,msync,?rename,renameat,renameat2,?link,linkat,?symlink,symlinkat,?unlink,unlinkat,?mkdir,mkdirat,\
    ?rmdir,?chmod,fchmod,fchmodat,?chown,fchown,fchownat,?lchown,chdir,fchdir,io_uring_setup";

/// One call that has come back.
#[derive(Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) result: i64,
}

/// Runs a program in a folder to its end. `tampering` is what `strace` is to do to some of its calls.
pub(crate) fn record(command: &Command, folder: &Path, tampering: &[&str]) -> (Vec<Call>, Output) {
    let text = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-xx", "-s", "10000000", "-e", CALLS]).arg("-o").arg(text.path());
    for tampering in tampering {
        strace.args(["-e", tampering]);
    }
    strace.arg(command.get_program()).args(command.get_args()).current_dir(folder);
    strace.envs(command.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
    let output = strace.output().unwrap();
    (parse(&fs::read_to_string(text.path()).unwrap()), output)
}

/// The calls in the order in which they came back: a call that another thread's came between is in two parts.
fn parse(text: &str) -> Vec<Call> {
    let mut begun = HashMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let (thread, line) = line.split_once(' ').unwrap();
        let line = line.trim_start();
        if let Some(part) = line.strip_suffix("<unfinished ...>") {
            begun.insert(thread, part.trim_end());
        } else if let Some(rest) = line.strip_prefix("<... ") {
            let (_, rest) = rest.split_once(" resumed>").unwrap();
            calls.extend(call(&format!("{}{rest}", begun.remove(thread).unwrap())));
        } else if !line.starts_with("+++ ") && !line.starts_with("--- ") {
            calls.extend(call(line));
        }
    }
    calls
}

/// `None` for a call that never comes back, as the last one.
fn call(line: &str) -> Option<Call> {
    let (call, result) = line.rsplit_once(" = ").unwrap_or_else(|| panic!("no result in {line}"));
    let result = result.split(' ').next().unwrap().parse().ok()?;
    let (name, arguments) = call.split_once('(').unwrap();
    let arguments = arguments.trim_end().strip_suffix(')').unwrap();
    // Strings are printed as hexadecimal numbers, so every comma is one between arguments or in a structure.
    let arguments = arguments.split(", ").filter(|text| !text.is_empty()).map(str::to_owned).collect();
    Some(Call { name: name.to_owned(), arguments, result })
}

/// The bytes of a string argument.
pub(crate) fn bytes(argument: &str) -> Vec<u8> {
    let digits = argument.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let digits = digits.unwrap_or_else(|| panic!("{argument} is no whole string"));
    digits.split("\\x").skip(1).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// A path argument.
pub(crate) fn path(argument: &str) -> String {
    String::from_utf8(bytes(argument)).unwrap()
}

#[test]
fn calls_are_read_in_the_order_in_which_they_come_back() {
    let text = "7 openat(AT_FDCWD, \"\\x61\\x2c\\x20\", O_WRONLY|O_CREAT, 0600) = 3\n\
        8 fsync(3 <unfinished ...>\n\
        7 write(1, \"\\x0a\", 1)               = 1\n\
        8 <... fsync resumed>)              = -1 EIO (Input/output error) (INJECTED)\n\
        7 exit_group(0)                     = ?\n\
        7 +++ exited with 0 +++\n";
    let calls = parse(text);
    assert_eq!(calls.len(), 3);
    assert_eq!((calls[0].name.as_str(), path(&calls[0].arguments[1]).as_str()), ("openat", "a, "));
    assert_eq!((calls[1].name.as_str(), bytes(&calls[1].arguments[1])), ("write", vec![b'\n']));
    assert_eq!((calls[2].name.as_str(), calls[2].result), ("fsync", -1));
}
