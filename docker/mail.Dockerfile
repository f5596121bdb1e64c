# Dovecot and Postfix for trying Posta, with the configuration that its tests use. Not for mail that matters.
FROM debian:bookworm-slim
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      dovecot-imapd dovecot-lmtpd postfix openssl python3 \
 && rm -rf /var/lib/apt/lists/*
COPY tests/mail-server /opt/mail-server
COPY docker/mail /opt/mail
ENV LISTEN=0.0.0.0 \
    IMAP_PORT=143 \
    IMAPS_PORT=993 \
    SUBMISSION_PORT=587 \
    SUBMISSIONS_PORT=465 \
    CERTIFICATE_NAMES=DNS:mail
VOLUME ["/srv/mail", "/srv/ca"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["bash", "-c", "test -f /srv/ca/ca.crt && exec 3<>/dev/tcp/127.0.0.1/587"]
ENTRYPOINT ["/opt/mail"]
