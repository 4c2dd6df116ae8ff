//! Answers requests from the site's folder, on this machine alone.

use std::error::Error;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::answer;

/// How many ports are tried from the first on.
const PORTS: u16 = 100;

/// Serves until the program is stopped.
pub(crate) fn serve(site: &Path, port: u16) -> Result<(), Box<dyn Error>> {
    let listener = listen(port)?;
    println!("The playground is at http://{}/ (Ctrl-C stops it)", listener.local_addr()?);
    let server = Server::from_listener(listener, None).map_err(|error| error.to_string())?;
    for request in server.incoming_requests() {
        // A browser that has gone away needs no answer.
        let _ = respond(request, site);
    }
    Ok(())
}

/// Takes the first free port from this one on. No other machine can reach it.
fn listen(port: u16) -> io::Result<TcpListener> {
    let mut last = None;
    for port in port..=port.saturating_add(PORTS) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => last = Some(error),
            decided => return decided,
        }
    }
    Err(last.unwrap_or_else(|| ErrorKind::AddrInUse.into()))
}

fn respond(request: Request, site: &Path) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        let refused = Response::from_string("only GET and HEAD are answered here\n").with_status_code(405);
        return request.respond(refused.with_header(header("Allow", "GET, HEAD")));
    }
    let found = answer::file(site, request.url()).filter(|file| file.is_file());
    match found.map(|file| File::open(&file).map(|opened| (file, opened))) {
        Some(Ok((file, opened))) => {
            let response = Response::from_file(opened)
                .with_header(header("Content-Type", answer::content_type(&file)))
                // A site that is built again is seen at once.
                .with_header(header("Cache-Control", "no-cache"))
                .with_header(header("X-Content-Type-Options", "nosniff"))
                // With its length said, a browser can show how far it is.
                .with_chunked_threshold(usize::MAX);
            request.respond(response)
        }
        Some(Err(error)) => request.respond(Response::from_string(format!("{error}\n")).with_status_code(500)),
        None => request.respond(Response::from_string("there is no such page here\n").with_status_code(404)),
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("the program's own headers are ASCII")
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};
    use std::thread;

    use super::*;

    /// What a server over the crate's own folder answers to a request.
    fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn files_are_served_and_nothing_else() {
        let listener = listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::from_listener(listener, None).unwrap();
        thread::spawn(move || {
            for request in server.incoming_requests() {
                let _ = respond(request, Path::new(env!("CARGO_MANIFEST_DIR")));
            }
        });
        let found = ask(address, "GET /src/server.rs");
        assert!(found.starts_with("HTTP/1.1 200") && found.contains("nosniff") && found.ends_with("}\n"), "{found}");
        let head = ask(address, "HEAD /src/server.rs");
        assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
        assert!(ask(address, "GET /src").starts_with("HTTP/1.1 404"));
        assert!(ask(address, "GET /../page/index.html").starts_with("HTTP/1.1 404"));
        let refused = ask(address, "POST /src/server.rs");
        assert!(refused.starts_with("HTTP/1.1 405") && refused.contains("Allow: GET, HEAD"), "{refused}");
    }

    #[test]
    fn a_port_that_is_taken_leads_to_the_next() {
        let first = listen(0).unwrap();
        let port = first.local_addr().unwrap().port();
        let second = listen(port).unwrap().local_addr().unwrap().port();
        assert!(second > port, "{second} follows {port}");
    }
}
