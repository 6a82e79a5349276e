//! Roles of a login, through the engine.

use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{GetRoleCredentials, LoginResponder, PortalLogin};
use leapp_core::{
    Answer, Clock, ErrorKind, Event, Leapp, LeappBuilder, LocalCoordinator, MemorySink, ProfileName,
    Question, Session, SessionState, Started, Vault,
};
use leapp_testkit::aws::Fault;
use tokio::task::JoinSet;

use crate::kept;
use crate::scene::{CODE, Does, HOUR, MINUTE, OTHER_START_URL, PARTNER_ROLE, START_URL, Scene, id, place};

/// What the fake's portal allows of one token is twenty calls a second, and a burst of twenty.
const SPACING: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_role_asks_for_the_login_and_starts_when_somebody_has_logged_in() {
    let scene = Scene::new();
    let leapp = leapp(&scene, scene.builder(), 1).await;
    let Started::NeedsAnswer(challenge) = leapp.start(&id("role-0")).await.unwrap() else {
        panic!("it asks")
    };
    assert!(matches!(challenge.question, Question::Login { .. }));
    assert_eq!(challenge.session, id("company"));

    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let started = leapp.answer(&challenge.session, Answer::LoggedIn).await.unwrap();
    assert!(matches!(started, Started::Active));
    let started = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    assert!(matches!(started, Started::Active));
    let set = leapp.credentials(&id("role-0")).unwrap().current().await.unwrap();
    assert!(set.access_key_id().as_str().starts_with("ASIA"));
    assert_eq!(scene.pages_shown(), 1);
}

/// A hundred tasks each start fifty roles: one login, one token, fifty calls in turn, none refused.
#[tokio::test]
async fn a_hundred_tasks_that_start_fifty_roles_make_one_login() {
    let scene = Scene::new();
    let host = scene.host(DeviceCode);
    let responder = LoginResponder::new(host).with_portal(scene.portal());
    let leapp = leapp(&scene, scene.builder().with_responder(responder), 50).await;
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let leapp = leapp.clone();
        tasks.spawn(async move {
            let mut starts = JoinSet::new();
            for number in 0..50 {
                let leapp = leapp.clone();
                starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
            }
            starts.join_all().await
        });
    }
    let started = scene.as_time_passes(tasks.join_all()).await;
    assert!(started.iter().flatten().all(|started| matches!(started, Started::Active)));
    let counts = ["RegisterClient", "StartDeviceAuthorization", "CreateToken", "GetRoleCredentials"];
    assert_eq!(counts.map(|action| scene.calls(action)), [1, 1, 1, 50]);
    assert_eq!(scene.pages_shown(), 1);
    assert!(scene.aws.requests().iter().all(|request| request.error_code().is_none()), "none is refused");
    let moments = scene.requests("GetRoleCredentials");
    assert!(moments.windows(2).all(|pair| pair[1].duration_since(pair[0]).unwrap() >= SPACING));
}

#[tokio::test]
async fn an_unattended_day_renews_the_login_and_opens_no_browser() {
    let scene = Scene::with(|spec| spec.with_session_duration(30 * HOUR));
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let responder = LoginResponder::new(scene.host(DeviceCode)).with_portal(scene.portal());
    let leapp = leapp(&scene, scene.builder().with_responder(responder), 2).await;
    for number in 0..2 {
        scene.as_time_passes(leapp.start(&id(&format!("role-{number}")))).await.unwrap();
    }
    let began = scene.clock.now();
    let day = async {
        while scene.clock.now() < began + 24 * HOUR {
            tokio::task::yield_now().await;
        }
    };
    let hour_by_hour = async {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            scene.clock.advance(Duration::from_secs(20));
        }
    };
    tokio::select! { () = day => {}, () = hour_by_hour => {} }
    assert_eq!(scene.pages_shown(), 1);
    // A login that nobody started is renewed when a role needs it.
    assert!(scene.calls("CreateToken") >= 20, "{} renewals", scene.calls("CreateToken"));
    assert!(scene.calls("GetRoleCredentials") >= 2 * 24 * 3, "each role is rotated every twenty minutes");
    for number in 0..2 {
        assert_eq!(leapp.status(&id(&format!("role-{number}"))).await.unwrap().state, SessionState::Active);
    }
}

/// Leapp's users had to log out and in again.
#[tokio::test]
async fn a_login_that_was_revoked_is_asked_for_once_and_every_role_goes_on() {
    let scene = Scene::new();
    let portal = scene.portal();
    let leapp = leapp(&scene, scene.builder(), 10).await;
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    // Somebody ends it elsewhere, and its refresh token with it; this machine's vault is as it was.
    let record = scene.vault.get(&place()).await.unwrap().unwrap();
    portal.log_out(&scene.host(DeviceCode)).await.unwrap();
    scene.vault.put(&place(), &record).await.unwrap();

    let mut starts = JoinSet::new();
    for number in 1..10 {
        let leapp = leapp.clone();
        starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
    }
    let started = scene.as_time_passes(starts.join_all()).await;
    assert!(started.iter().all(|started| matches!(started, Started::NeedsAnswer(_))), "{started:?}");
    assert_eq!(scene.calls("CreateToken"), 2, "one renewal is tried for all of them");

    scene.log_in(&portal, DeviceCode).await.unwrap();
    leapp.answer(&id("company"), Answer::LoggedIn).await.unwrap();
    for number in 0..10 {
        scene.as_time_passes(leapp.start(&id(&format!("role-{number}")))).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_ended_early_is_renewed_once_without_a_person() {
    let scene = Scene::new();
    let leapp = leapp(&scene, scene.builder(), 1).await;
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.aws.fail_next_of("GetRoleCredentials", Fault::ExpiredToken, 1);
    let started = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    assert!(matches!(started, Started::Active));
    assert_eq!(
        (scene.calls("CreateToken"), scene.calls("GetRoleCredentials"), scene.pages_shown()),
        (2, 2, 1)
    );
}

/// A portal that does not accept what its own renewal gave: only a person can go on, and one who logs in does.
#[tokio::test]
async fn a_renewed_login_that_is_refused_too_is_a_question_for_a_person() {
    let scene = Scene::new();
    let leapp = leapp(&scene, scene.builder(), 1).await;
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.aws.fail_next_of("GetRoleCredentials", Fault::ExpiredToken, 2);
    let started = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    assert!(matches!(started, Started::NeedsAnswer(_)), "{started:?}");
    assert_eq!((scene.calls("CreateToken"), scene.calls("GetRoleCredentials")), (2, 2));

    // The refused login is not what the person finds, and takes for theirs.
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    assert_eq!(scene.pages_shown(), 2);
    scene.as_time_passes(leapp.answer(&id("company"), Answer::LoggedIn)).await.unwrap();
    let started = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
}

/// At night nobody is shown a page; in the morning whoever starts a role is.
#[tokio::test]
async fn a_question_of_the_night_is_a_page_in_the_morning() {
    let scene = Scene::new();
    let responder = LoginResponder::new(scene.host(CODE)).with_portal(scene.portal());
    let leapp = leapp(&scene, scene.builder().with_responder(responder), 2).await;
    tokio::time::timeout(MINUTE, leapp.start(&id("role-0"))).await.unwrap().unwrap();
    let mut events = leapp.events();
    scene.clock.advance(9 * HOUR);
    let at_night = async {
        loop {
            if let Event::ChallengeRequired { challenge, .. } = events.next().await.unwrap() {
                return challenge.is_attended;
            }
        }
    };
    assert!(!tokio::time::timeout(MINUTE, at_night).await.unwrap());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(scene.pages_shown(), 1);
    let start = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.start(&id("role-1")).await }
    });
    while !start.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        // Two roles take turns; and no time passes while a browser is on its way back.
        if scene.calls("CreateToken") > 2 {
            scene.clock.advance(SPACING);
        }
    }
    let started = start.await.unwrap().unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
    assert_eq!(scene.pages_shown(), 2);
}

/// Leapp's users had a window left that logged in for nobody.
#[tokio::test]
async fn a_stop_closes_the_page_of_the_login_that_it_waited_for() {
    let scene = Scene::new();
    scene.person_will(Does::Nothing);
    let responder = LoginResponder::new(scene.host(CODE)).with_portal(scene.portal());
    let leapp = leapp(&scene, scene.builder().with_responder(responder), 2).await;
    let starts = [0, 1].map(|number| {
        let leapp = leapp.clone();
        tokio::spawn(async move { leapp.start(&id(&format!("role-{number}"))).await })
    });
    while scene.pages_shown() == 0 || leapp.status(&id("role-1")).await.unwrap().challenge.is_none() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let is_open = || TcpStream::connect((Ipv4Addr::LOCALHOST, scene.port_of_page(0))).is_ok();
    leapp.stop(&id("role-0")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(is_open(), "the other one waits still");
    leapp.stop(&id("role-1")).await.unwrap();
    while is_open() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for start in starts {
        assert_eq!(start.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    }
    // The next login is not kept waiting by the one that was ended.
    scene.person_will(Does::Allow);
    let started = tokio::time::timeout(MINUTE, leapp.start(&id("role-0"))).await.unwrap().unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
}

#[tokio::test]
async fn each_refusal_is_an_error_of_its_own_and_the_neighbour_goes_on() {
    let scene = Scene::new();
    let leapp = leapp(&scene, scene.builder(), 2).await;
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.aws.remove_assignment(START_URL, "alice", &scene.account, "Role0");
    let denied = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::AccessDenied);
    for (fault, kind) in [
        (Fault::Unavailable, ErrorKind::PortalDown),
        (Fault::ServerError, ErrorKind::PortalDown),
        (Fault::Throttle, ErrorKind::Throttled),
        (Fault::ConnectionDropped, ErrorKind::Service),
    ] {
        scene.clock.advance(10 * MINUTE);
        // For a service that asks for fewer calls a start waits a little.
        let times = if fault == Fault::Throttle { 4 } else { 1 };
        scene.aws.fail_next_of("GetRoleCredentials", fault, times);
        let error = scene.as_time_passes(leapp.start(&id("role-1"))).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error:?}");
    }
    scene.clock.advance(10 * MINUTE);
    scene.as_time_passes(leapp.start(&id("role-1"))).await.unwrap();
}

/// The portal's patience is shared with what else the person has open.
#[tokio::test]
async fn a_portal_that_asks_for_fewer_calls_delays_a_start_and_does_not_fail_it() {
    let scene = Scene::new();
    let leapp = leapp(&scene, scene.builder(), 3).await;
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.aws.fail_next_of("GetRoleCredentials", Fault::Throttle, 3);
    let began = scene.clock.now();
    let mut starts = JoinSet::new();
    for number in 0..3 {
        let leapp = leapp.clone();
        starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
    }
    let started = scene.as_time_passes(starts.join_all()).await;
    assert!(started.iter().all(|started| matches!(started, Started::Active)), "{started:?}");
    assert_eq!(scene.calls("GetRoleCredentials"), 6);
    assert!(scene.clock.now() > began, "it waited");
}

#[tokio::test]
async fn two_portals_at_once_keep_their_tokens_apart() {
    let scene = Scene::new();
    let theirs = PortalLogin::new(scene.sso(), id("partner"), OTHER_START_URL).unwrap();
    let responder =
        LoginResponder::new(scene.host(DeviceCode)).with_portal(scene.portal()).with_portal(theirs.clone());
    let leapp = leapp(&scene, scene.builder().with_responder(responder), 1).await;
    let role =
        GetRoleCredentials::new(scene.sso(), id("partner"), scene.account.clone(), PARTNER_ROLE).unwrap();
    leapp
        .add_all(vec![Session::new(id("partner"), theirs), Session::new(id("partner-role"), role)])
        .await
        .unwrap();

    let [ours, partners] = [id("role-0"), id("partner-role")];
    let both = async { tokio::join!(leapp.start(&ours), leapp.start(&partners)) };
    let (ours, partners) = scene.as_time_passes(both).await;
    assert!(matches!((ours.unwrap(), partners.unwrap()), (Started::Active, Started::Active)));
    assert_eq!((scene.pages_shown(), scene.calls("CreateToken")), (2, 2));
    let mut portals: Vec<String> =
        scene.person.pages.lock().unwrap().iter().map(|page| page.start_url.clone()).collect();
    portals.sort();
    assert_eq!(portals, [OTHER_START_URL, START_URL]);
    kept::each_login_is_its_own_portals(&scene).await;
}

#[tokio::test]
async fn a_login_that_the_person_declines_is_said_to_whoever_started_a_role() {
    let scene = Scene::new();
    scene.person_will(Does::Deny);
    let responder = LoginResponder::new(scene.host(DeviceCode)).with_portal(scene.portal());
    let leapp = leapp(&scene, scene.builder().with_responder(responder), 1).await;
    let error = scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[tokio::test]
async fn roles_are_published_and_a_login_cannot_be() {
    let scene = Scene::new();
    let sink = Arc::new(MemorySink::new());
    let leapp = scene.builder().with_sink(sink.clone()).build().unwrap();
    let profile = ProfileName::parse("company").unwrap();
    let refused = leapp.add(Session::new(id("company"), scene.portal()).with_profile(profile.clone())).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    leapp.add(Session::new(id("company"), scene.portal())).await.unwrap();
    leapp.add(scene.role(0).with_profile(profile.clone())).await.unwrap();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.as_time_passes(leapp.start(&id("role-0"))).await.unwrap();
    let published = sink.read(&profile).unwrap().credentials;
    assert_eq!(
        published.expiration(),
        scene.requests("GetRoleCredentials")[0] + HOUR,
        "the expiration is the service's"
    );
}

/// Thirty calls wait for their turns, and all of these pass at once: a machine was stopped and goes on.
#[tokio::test]
async fn a_machine_that_stood_still_does_not_make_up_for_it_in_a_burst() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let leapp = leapp(&scene, scene.builder(), 30).await;
    let mut starts = JoinSet::new();
    for number in 0..30 {
        let leapp = leapp.clone();
        starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
    }
    while scene.clock.sleepers() < 29 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    scene.clock.advance(Duration::from_secs(10));
    scene.as_time_passes(starts.join_all()).await;
    let moments = scene.requests("GetRoleCredentials");
    assert_eq!(moments.len(), 30);
    assert!(
        moments.windows(2).all(|pair| pair[1].duration_since(pair[0]).unwrap() >= SPACING),
        "{moments:?}"
    );
}

/// Two engines that share a coordinator share the portal's patience.
#[tokio::test]
async fn engines_that_share_a_coordinator_take_turns() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let coordinator = LocalCoordinator::new();
    let mut starts = JoinSet::new();
    for _ in 0..2 {
        let leapp = leapp(&scene, scene.builder().with_coordinator(coordinator.clone()), 20).await;
        for number in 0..20 {
            let leapp = leapp.clone();
            starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
        }
    }
    scene.as_time_passes(starts.join_all()).await;
    let moments = scene.requests("GetRoleCredentials");
    assert_eq!(moments.len(), 40);
    assert!(moments.windows(2).all(|pair| pair[1].duration_since(pair[0]).unwrap() >= SPACING));
}

impl Scene {
    fn builder(&self) -> LeappBuilder {
        Leapp::builder(self.vault.clone()).with_clock(Arc::new(self.clock.clone())).with_seed(1)
    }
}

/// An engine with the login `company` and so many of its roles.
async fn leapp(scene: &Scene, builder: LeappBuilder, roles: usize) -> Leapp {
    let leapp = builder.build().unwrap();
    leapp.add(Session::new(id("company"), scene.portal())).await.unwrap();
    leapp.add_all((0..roles).map(|number| scene.role(number)).collect()).await.unwrap();
    leapp
}
