# `make image` builds it. The image holds the program of the packages and the configurations; CA roots are in the program.
FROM scratch
ARG PROGRAM
COPY distribution/config /etc/msp-collector
COPY ${PROGRAM} /msp-collector
# The write-ahead log: give it a volume that outlives the container.
COPY --chown=10001:10001 distribution/packaging/state /var/lib/msp-collector
VOLUME /var/lib/msp-collector
# Published ports reach only what does not listen on the container's loopback.
ENV MSP_HEALTH_ENDPOINT=0.0.0.0:13133
# Of the status page, which stays on the loopback unless MSP_STATUS_ENDPOINT says otherwise.
HEALTHCHECK --interval=10s --start-period=30s CMD ["/msp-collector", "probe"]
USER 10001:10001
# 13133 health_check, 9201 remote write, 4317 and 4318 OTLP of gateway.yaml
EXPOSE 13133 9201 4317 4318
ENTRYPOINT ["/msp-collector"]
CMD ["--config", "/etc/msp-collector/agent.yaml"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="MSP Collector" \
      org.opencontainers.image.source="https://github.com/msp-collector/msp-collector" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
