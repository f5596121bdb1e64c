# syntax=docker/dockerfile:1
FROM rust:1.95.0-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/*
# The toolchain of the image, without the components that only development needs.
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /src
COPY . .
RUN binary=$(script/static) \
 && install -D "$binary" /image/posta \
 && install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt \
 && mkdir -p /image/usr/share /image/data /image/tmp \
 && cp -r /usr/share/zoneinfo /image/usr/share/zoneinfo \
 && rm -rf /image/usr/share/zoneinfo/posix /image/usr/share/zoneinfo/right \
 && printf 'posta:x:65532:65532::/data:/\n' >/image/etc/passwd \
 && printf '127.0.0.1 localhost\n::1 localhost\n' >/image/etc/hosts \
 && cp LICENSE /image/LICENSE \
 && chown 65532:65532 /image/data \
 && chmod 700 /image/data \
 && chmod 1777 /image/tmp

FROM scratch
LABEL org.opencontainers.image.title="Posta" \
      org.opencontainers.image.description="A webmail server: reads over IMAP, sends over SMTP submission" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /image/ /
ENV POSTA_LISTEN=0.0.0.0:8080 \
    POSTA_DATA_DIR=/data
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["/posta", "healthcheck"]
ENTRYPOINT ["/posta"]
CMD ["serve"]
