//! Requests that another site makes a browser send.

use super::Stage;
use reqwest::Method;

pub async fn play(stage: &Stage, name: &str) -> bool {
    match name {
        "csrf form" => assert_eq!(
            stage
                .delete(&[
                    ("origin", "https://evil.example"),
                    ("sec-fetch-site", "cross-site")
                ])
                .await,
            403
        ),
        "csrf null origin" => assert_eq!(stage.delete(&[("origin", "null")]).await, 403),
        "csrf no origin, no fetch metadata, no token" => assert_eq!(stage.delete(&[]).await, 403),
        "csrf same-site subdomain" => {
            assert_eq!(stage.delete(&[("sec-fetch-site", "same-site")]).await, 403)
        }
        "csrf file-only multipart" => {
            let path = "/compose/aaaaaaaaaaaaaaaaaaaaaaaaaa/attachments";
            let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n";
            let answer = stage
                .ask(
                    Method::POST,
                    path,
                    &[
                        ("content-type", "multipart/form-data; boundary=b"),
                        ("origin", "https://evil.example"),
                    ],
                    Some(body),
                )
                .await;
            assert_eq!(answer.status, 403);
        }
        "csrf text/plain json" => {
            let headers = [
                ("sec-fetch-site", "same-origin"),
                ("content-type", "text/plain"),
            ];
            let (path, body) = ("/mailbox/INBOX/actions", "{\"action\":\"delete\"}");
            let page = stage.ask(Method::POST, path, &headers, Some(body)).await;
            assert_eq!(page.status, 415);
            assert_eq!(page.headings(), ["This form came in an unknown format"]);
        }
        "csrf GET state change" => {
            assert_eq!(
                stage
                    .get(
                        &format!(
                            "/mailbox/INBOX/actions?action=delete&message={}",
                            stage.message.rsplit('/').next().unwrap()
                        ),
                        &[]
                    )
                    .await
                    .status,
                405
            );
            assert_eq!(stage.browser.get(&stage.message).await.status, 200);
        }
        "method override" => {
            let headers = [
                ("sec-fetch-site", "same-origin"),
                ("x-http-method-override", "DELETE"),
            ];
            assert_eq!(
                stage
                    .ask(Method::POST, &stage.message, &headers, None)
                    .await
                    .status,
                405
            );
            assert_eq!(stage.browser.get(&stage.message).await.status, 200);
        }
        "login csrf" => {
            let headers = [
                ("sec-fetch-site", "cross-site"),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            assert_eq!(
                stage
                    .ask(Method::POST, "/login", &headers, Some("email=a&password=b"))
                    .await
                    .status,
                403
            );
        }
        "logout csrf" => {
            assert_eq!(stage.get("/logout", &[]).await.status, 405);
            assert_eq!(stage.browser.get("/").await.path(), "/mailbox/INBOX");
        }
        "websocket/SSE cross origin" => {
            let answer = stage
                .get(
                    "/events",
                    &[
                        ("origin", "https://evil.example"),
                        ("sec-fetch-site", "cross-site"),
                        ("sec-fetch-mode", "cors"),
                        ("sec-fetch-dest", "empty"),
                    ],
                )
                .await;
            assert!(matches!(answer.status, 403 | 404), "{}", answer.status);
        }
        "xs-leak search timing/size" => {
            for mode in [
                ("no-cors", "image"),
                ("cors", "empty"),
                ("navigate", "iframe"),
            ] {
                let answer = stage
                    .get(
                        "/search?q=secret",
                        &[
                            ("sec-fetch-site", "cross-site"),
                            ("sec-fetch-mode", mode.0),
                            ("sec-fetch-dest", mode.1),
                        ],
                    )
                    .await;
                assert_eq!(answer.status, 403, "{mode:?}");
            }
        }
        "cross-site navigation to search/action" => {
            let navigation = [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ];
            let page = stage.get("/search?q=x", &navigation).await;
            assert_eq!((page.status, page.link("Continue").path()), (200, "/"));
            assert!(
                page.source()
                    .contains("http-equiv=\"refresh\" content=\"0;url=/\""),
                "{}",
                page.source()
            );
            let page = stage
                .get("/mailbox/INBOX?page=2&q=secret", &navigation)
                .await;
            assert_eq!(page.link("Continue").query(), Some("page=2"));
            assert!(!page.text().contains("Target"));
        }
        "mailto handler" => {
            let page = stage
                .browser
                .get("/compose?mailto=mailto:a@b%3Fattach=/etc/passwd%26bcc=x")
                .await;
            assert_eq!(page.status, 200);
            assert_eq!(
                (page.field("To").as_str(), page.field("Bcc").as_str()),
                ("a@b", "x")
            );
            assert!(!page.region("main").unwrap().contains("passwd"));
        }
        _ => return false,
    }
    true
}
