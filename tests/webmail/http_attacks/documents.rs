//! Answers used as what they are not meant to be.

use super::{super::security::raw_get, Stage};
use crate::support::mail_server::MailServer;

pub async fn play(stage: &Stage, name: &str) -> bool {
    let body = format!("{}/body", stage.message);
    let part = format!("{}/part/2", stage.message);
    match name {
        "framing" => {
            let page = stage.get("/mailbox/INBOX", &[]).await;
            assert!(
                page.header("content-security-policy")
                    .unwrap()
                    .contains("frame-ancestors 'none'")
            );
            assert_eq!(page.header("x-frame-options"), Some("DENY"));
        }
        "message body navigated top-level" => {
            let page = stage
                .get(
                    &body,
                    &[("sec-fetch-site", "none"), ("sec-fetch-dest", "document")],
                )
                .await;
            assert!(
                page.status == 200
                    && page.header("content-security-policy").unwrap().starts_with(
                        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'"
                    )
            );
        }
        "message body as script" => {
            for destination in ["script", "style", "image", "object", "empty"] {
                assert_eq!(
                    stage
                        .get(
                            &body,
                            &[
                                ("sec-fetch-site", "same-origin"),
                                ("sec-fetch-dest", destination)
                            ]
                        )
                        .await
                        .status,
                    403,
                    "{destination}"
                );
            }
        }
        "attachment as script/style/iframe" => {
            for destination in ["script", "style", "object", "worker"] {
                assert_eq!(
                    stage
                        .get(
                            &part,
                            &[
                                ("sec-fetch-site", "same-origin"),
                                ("sec-fetch-dest", destination)
                            ]
                        )
                        .await
                        .status,
                    403,
                    "{destination}"
                );
            }
            let page = stage
                .get(
                    &part,
                    &[
                        ("sec-fetch-site", "same-origin"),
                        ("sec-fetch-dest", "document"),
                    ],
                )
                .await;
            assert_eq!(
                page.header("cross-origin-resource-policy"),
                Some("same-origin")
            );
            assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
            assert_ne!(page.header("content-type"), Some("image/svg+xml"));
        }
        "idor part" => {
            let other = stage.app.sign_in(&MailServer::shared().user()).await;
            let unknown = other.get("/mailbox/INBOX/1.1/part/1").await;
            let theirs = other.get(&part).await;
            assert!(
                matches!((theirs.status, unknown.status), (404 | 410, 404 | 410)),
                "{} {}",
                theirs.status,
                unknown.status
            );
        }
        "cache" => assert_eq!(
            stage.get(&stage.message, &[]).await.header("cache-control"),
            Some("no-store")
        ),
        "path traversal static" => traversal(stage, "/assets/0/..%2f..%2fetc/passwd"),
        "path traversal static 2" => traversal(stage, "/assets/%2e%2e/%2e%2e/Cargo.toml"),
        "crlf in param" => {
            let page = stage.browser.get("/search?q=a%0d%0aSet-Cookie:x=1").await;
            assert_eq!((page.status, page.header("set-cookie")), (200, None));
        }
        _ => return false,
    }
    true
}

fn traversal(stage: &Stage, path: &str) {
    let answer = raw_get(&stage.app, path, &stage.host(), "");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}
