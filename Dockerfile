# The image holds the static binary of `make build` and the configurations; CA roots are in the binary.
FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="MSP Collector" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY distribution/config /etc/msp-collector
COPY bin/msp-collector /msp-collector
# The write-ahead log: give it a volume that outlives the container.
COPY --chown=10001:10001 distribution/packaging/state /var/lib/msp-collector
VOLUME /var/lib/msp-collector
# Published ports reach only what does not listen on the container's loopback.
ENV MSP_HEALTH_ENDPOINT=0.0.0.0:13133
USER 10001:10001
# 13133 health_check, 4317 and 4318 OTLP of gateway.yaml
EXPOSE 13133 4317 4318
ENTRYPOINT ["/msp-collector"]
CMD ["--config", "/etc/msp-collector/agent.yaml"]
