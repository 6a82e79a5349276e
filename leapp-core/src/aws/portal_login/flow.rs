//! The two ways in which a person lets a client in, and which of them suits a machine.

/// How a person logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginFlow {
    /// In a browser on this machine, which is sent back to `http://127.0.0.1` with an authorization code: RFC 6749 with the
    /// proof keys of RFC 7636. A code that somebody else was tricked into obtaining is of no use here.
    AuthorizationCode {
        /// The port to listen on; any free one unless it is given.
        port: Option<u16>,
    },
    /// In a browser anywhere, by a code that this machine shows: RFC 8628. Nobody should enter a code that they did not
    /// ask for themselves.
    DeviceCode,
}

/// What a host knows of the machine. This library reads no environment, so the host says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "hosts build it, and every fact must be given")]
pub struct Surroundings {
    /// The person is at another machine: over SSH (`SSH_CONNECTION` is set), say.
    pub is_remote: bool,
    /// A browser could open a window: always so on macOS and Windows, elsewhere with `DISPLAY` or `WAYLAND_DISPLAY`.
    pub has_display: bool,
    /// The loopback addresses are a container's, where the person's browser does not reach them.
    pub is_container: bool,
}

impl LoginFlow {
    /// The device code wherever a browser could not come back to this machine, else the authorization code.
    ///
    /// ```
    /// use leapp_core::aws::{LoginFlow, Surroundings};
    ///
    /// let desktop = Surroundings { is_remote: false, has_display: true, is_container: false };
    /// assert_eq!(LoginFlow::suited_to(desktop), LoginFlow::AuthorizationCode { port: None });
    /// assert_eq!(LoginFlow::suited_to(Surroundings { is_remote: true, ..desktop }), LoginFlow::DeviceCode);
    /// ```
    pub const fn suited_to(surroundings: Surroundings) -> Self {
        let Surroundings { is_remote, has_display, is_container } = surroundings;
        if is_remote || is_container || !has_display {
            Self::DeviceCode
        } else {
            Self::AuthorizationCode { port: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_browser_on_this_machine_gets_the_authorization_code() {
        for (is_remote, has_display, is_container) in [
            (false, false, false),
            (false, false, true),
            (false, true, true),
            (true, true, false),
            (true, false, true),
        ] {
            let surroundings = Surroundings { is_remote, has_display, is_container };
            assert_eq!(LoginFlow::suited_to(surroundings), LoginFlow::DeviceCode, "{surroundings:?}");
        }
    }
}
