//! `cargo xtask servers`: our fake AWS beside other people's, in one run on one machine.

mod build;
mod contender;
mod exchange;
mod load;
mod memory;
mod ports;
mod report;
mod signed;
mod start;

use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, packages, venv};

use contender::{Contender, Running};
use load::Connections;
use ports::Ports;
use report::{Measured, Report};
use signed::{SignedRequest, Signer};

const STARTS: usize = 10;
const ROUNDS: usize = 5;

/// Measures all of them, prints a Markdown table and says whether every goal is met.
pub(crate) fn run(workspace: &Workspace) -> Outcome<bool> {
    packages::prepare(packages::SERVERS)?;
    let (interop, roto) = (venv::prepare(workspace)?, venv::prepare_roto(workspace)?);
    let testkit = build::testkit(workspace)?;
    let contenders = contender::all(workspace, testkit, &roto, &interop)?;
    let signer = Signer::new(&interop);
    let mut ports = Ports::new();
    let mut report = Report::of(&contenders, ROUNDS, STARTS);

    for _ in 0..STARTS {
        let request = signer.sign()?;
        for (contender, measured) in contenders.iter().zip(&mut report.servers) {
            measured.starts.push(start::time(contender, &mut ports, &request)?);
        }
    }
    let servers = started(&contenders, &mut ports, &signer.sign()?)?;
    for (server, measured) in servers.iter().zip(&mut report.servers) {
        measured.memory_after_start = memory::resident_kib(server.process_id())?;
    }
    for number in 1..=ROUNDS {
        println!("round {number} of {ROUNDS}");
        round(workspace, &servers, &signer.sign()?, &mut report.servers)?;
    }
    for (server, measured) in servers.iter().zip(&mut report.servers) {
        measured.memory_after_load = memory::resident_kib(server.process_id())?;
    }
    println!("{report}");
    Ok(report.is_every_goal_met())
}

/// All of them on the first core, each with its first request answered.
fn started(contenders: &[Contender], ports: &mut Ports, request: &SignedRequest) -> Outcome<Vec<Running>> {
    let mut servers = Vec::new();
    for contender in contenders {
        let server = contender.start_on_first_core(ports.free()?)?;
        start::until_answered(&server, request)?;
        servers.push(server);
    }
    Ok(servers)
}

/// One after the other; those that wait have nothing to do.
fn round(
    workspace: &Workspace,
    servers: &[Running],
    request: &SignedRequest,
    measured: &mut [Measured],
) -> Outcome<()> {
    for (server, measured) in servers.iter().zip(measured) {
        measured.refuses_forgery = !exchange::is_answered(server.port(), &request.forged())?;
        measured.one_connection.push(load::rate(workspace, server, request, Connections::One)?);
        measured.eight_connections.push(load::rate(workspace, server, request, Connections::Eight)?);
    }
    Ok(())
}

/// A program on one core of two: the one under load and the one that loads it do not share one.
fn on_core(core: u8, program: &std::path::Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(core.to_string()).arg(program);
    command
}
