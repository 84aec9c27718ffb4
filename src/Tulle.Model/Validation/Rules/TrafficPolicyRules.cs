namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of the <c>trafficPolicy</c> of a DestinationRule (istio.md §1.6, §5.1).</summary>
internal static class TrafficPolicyRules
{
    // Envoy: maximum_ring_size.
    private const long MaxRing = 8_388_608;

    public static void Check(Cursor policy)
    {
        if (!policy.Exists)
            return;
        if (policy.Count == 0)
            policy.Missing("the policy is empty", "remove it, or add loadBalancer, connectionPool, outlierDetection or tls");
        CheckBlocks(policy);
        policy.AtMostOne("tunnel", "proxyProtocol");
        var ports = new HashSet<long>();
        foreach (Cursor setting in policy["portLevelSettings"].Items)
        {
            Cursor number = setting["port"]["number"];
            if (number.Integer is not { } port)
                setting["port"].Missing("the settings have no port", "add port.number");
            else if (!ports.Add(port))
                number.Error($"there are two settings for port {port}", "put them together", "FieldValueDuplicate");
            CheckBlocks(setting);
        }
    }

    private static void CheckBlocks(Cursor policy)
    {
        Cursor pool = policy["connectionPool"];
        if (pool.Exists && pool.Given("tcp", "http").Count == 0)
            pool.Missing("the connection pool sets nothing", "add tcp or http");
        if (pool["http"]["h2UpgradePolicy"].Text == "UPGRADE" && pool["http"]["useClientProtocol"].Text == "true")
            pool["http"]["useClientProtocol"].Error("cannot stand beside h2UpgradePolicy UPGRADE", "keep one of them");
        foreach (string time in new[] { "connectTimeout", "maxConnectionDuration" })
            ValueRules.CheckDuration(pool["tcp"][time]);
        Cursor outlier = policy["outlierDetection"];
        CheckOutlier(outlier);
        CheckLoadBalancer(policy["loadBalancer"], outlier);
        CheckTls(policy["tls"]);
    }

    private static void CheckOutlier(Cursor outlier)
    {
        if (outlier["consecutiveLocalOriginFailures"].Exists && outlier["splitExternalLocalOriginErrors"].Text != "true")
            outlier["consecutiveLocalOriginFailures"].Error("counts only when local failures are told apart", "add splitExternalLocalOriginErrors: true");
        if (outlier["consecutiveErrors"].Exists && outlier["consecutive5xxErrors"].Exists)
            outlier["consecutiveErrors"].Warn("is not looked at beside consecutive5xxErrors", "remove it");
        ValueRules.CheckDuration(outlier["interval"]);
        ValueRules.CheckDuration(outlier["baseEjectionTime"]);
        foreach (Cursor code in outlier["outlierDetectionHttpErrorCodes"].Items)
        {
            if (code.Integer is < 100 or > 599)
                code.Error($"{code.Integer} is not an HTTP status", "write a status from 100 to 599");
        }
    }

    private static void CheckLoadBalancer(Cursor balancer, Cursor outlier)
    {
        balancer.AtMostOne("simple", "consistentHash");
        Cursor hash = balancer["consistentHash"];
        string[] keys = ["httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"];
        if (hash.Exists && hash.Given(keys).Count == 0)
            hash.Missing("the hash has no key", $"add one of {string.Join(", ", keys)}");
        hash.AtMostOne(keys);
        hash.AtMostOne("ringHash", "maglev");
        if (hash["maglev"]["tableSize"].Integer is { } size && !IsTableSize(size))
            hash["maglev"]["tableSize"].Error($"{size} is not a prime below 5000011", "write a prime, such as 65537");
        Cursor locality = balancer["localityLbSetting"];
        locality.AtMostOne("distribute", "failover", "failoverPriority");
        foreach (Cursor share in locality["distribute"].Items)
        {
            long sum = share["to"].Entries.Sum(entry => entry.Value.Integer ?? 0);
            if (sum != 100)
                share["to"].Error($"the shares add up to {sum}", "let them add up to 100");
        }
        foreach (Cursor failover in locality["failover"].Items)
        {
            if (failover["from"].Text is { } from && from == failover["to"].Text)
                failover["to"].Error($"{from} cannot take over from itself", "write another region");
        }
        if (locality.Given("failover", "failoverPriority").Count > 0 && !outlier.Exists)
            locality.Warn("without outlierDetection no failure is noticed and nothing fails over", "add outlierDetection");
        CheckWarmUp(balancer);
        if (hash["httpHeaderName"].Text is { } header && !CommonRules.IsToken(header))
            hash["httpHeaderName"].Error($"\"{header}\" is not the name of a header", "write the name alone, such as x-user");
        if (hash["httpCookie"]["name"].Text is { } cookie && !CommonRules.IsToken(cookie))
            hash["httpCookie"]["name"].Error($"\"{cookie}\" is not the name of a cookie", "use letters, digits and '-'");
        foreach (Cursor ring in new[] { hash["ringHash"]["minimumRingSize"], hash["minimumRingSize"] })
        {
            if (ring.Integer > MaxRing)
                ring.Error($"{ring.Integer} is more than the largest ring, {MaxRing}", "write less");
        }
    }

    private static void CheckWarmUp(Cursor balancer)
    {
        ValueRules.CheckDuration(balancer["warmup"]["duration"]);
        ValueRules.CheckDuration(balancer["warmupDurationSecs"]);
        foreach (string field in balancer.Given("warmup", "warmupDurationSecs"))
        {
            if (balancer["consistentHash"].Exists || balancer["simple"].Text is "RANDOM" or "PASSTHROUGH")
                balancer[field].Warn("has no effect on this kind of balancing", "write simple: ROUND_ROBIN or LEAST_REQUEST, or remove it");
        }
        if (balancer["warmup"]["aggression"].Number is <= 0)
            balancer["warmup"]["aggression"].Error("must be greater than 0", "write 1 for a straight line");
    }

    private static void CheckTls(Cursor tls)
    {
        string? mode = tls["mode"].Text;
        string[] files = ["clientCertificate", "privateKey", "caCertificates", "credentialName"];
        if (mode == "ISTIO_MUTUAL")
        {
            foreach (string field in tls.Given(files))
                tls[field].Error("the mesh uses its own certificates in mode ISTIO_MUTUAL", "remove it, or write mode MUTUAL");
        }
        else if (mode == "MUTUAL" && !tls["credentialName"].Exists)
        {
            foreach (string field in new[] { "clientCertificate", "privateKey" })
            {
                if (!tls[field].Exists)
                    tls[field].Missing("mode MUTUAL needs it", $"add {field}, or credentialName");
            }
        }
        if (tls["credentialName"].Exists)
            tls.AtMostOne("credentialName", "clientCertificate");
    }

    private static bool IsTableSize(long size)
    {
        if (size is < 2 or >= 5_000_011)
            return false;
        for (long divisor = 2; divisor * divisor <= size; divisor++)
        {
            if (size % divisor == 0)
                return false;
        }
        return true;
    }
}
