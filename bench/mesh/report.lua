-- One line that run.sh can read: requests, requests per second, p99 in microseconds, failed requests.
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %.1f %d %d\n", summary.requests, summary.requests / (summary.duration / 1e6),
    latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
