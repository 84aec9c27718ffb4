using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>One match that asks for what two ask for, as delegates need it (istio.md §1.3).</summary>
internal static class MatchConjunction
{
    /// <summary>
    /// Null when the two conflict: no request meets both, or nobody can say (a regular expression on either side of a field
    /// that both have).
    /// </summary>
    public static HttpMatch? Of(HttpMatch outer, HttpMatch inner)
    {
        var merge = new Merge();
        var match = new HttpMatch
        {
            Name = outer.Name.Length > 0 && inner.Name.Length > 0 ? $"{outer.Name}-{inner.Name}" : outer.Name + inner.Name,
            Uri = merge.Strings(outer.Uri, inner.Uri),
            IgnoreUriCase = outer.IgnoreUriCase || inner.IgnoreUriCase,
            Scheme = merge.Strings(outer.Scheme, inner.Scheme),
            Method = merge.Strings(outer.Method, inner.Method),
            Authority = merge.Strings(outer.Authority, inner.Authority),
            Headers = merge.Maps(outer.Headers, inner.Headers, merge.Strings),
            WithoutHeaders = merge.Maps(outer.WithoutHeaders, inner.WithoutHeaders, merge.Same),
            QueryParams = merge.Maps(outer.QueryParams, inner.QueryParams, merge.Strings),
            Port = merge.Values(outer.Port, inner.Port),
            SourceLabels = merge.Maps(outer.SourceLabels, inner.SourceLabels, merge.Same),
            SourceNamespace = merge.Same(outer.SourceNamespace, inner.SourceNamespace),
            Gateways = outer.Gateways.Count > 0 ? outer.Gateways : inner.Gateways,
        };
        return merge.Conflict ? null : match;
    }

    private sealed class Merge
    {
        public bool Conflict { get; private set; }

        /// <summary>The narrower of two matches: the outer one must cover the inner one.</summary>
        public StringMatch? Strings(StringMatch? outer, StringMatch? inner)
        {
            if (outer is null || inner is null) return outer ?? inner;
            bool covers = outer.Kind switch
            {
                StringMatchKind.Present => inner.Kind != StringMatchKind.Regex,
                StringMatchKind.Exact => inner == outer,
                StringMatchKind.Prefix => inner.Kind is StringMatchKind.Exact or StringMatchKind.Prefix && inner.Value.StartsWith(outer.Value, StringComparison.Ordinal),
                _ => false,
            };
            Conflict |= !covers;
            return inner;
        }

        public int? Values(int? outer, int? inner)
        {
            Conflict |= outer is not null && inner is not null && outer != inner;
            return outer ?? inner;
        }

        public T? Same<T>(T? outer, T? inner)
            where T : class
        {
            Conflict |= outer is not null && inner is not null && !outer.Equals(inner);
            return outer ?? inner;
        }

        public IReadOnlyDictionary<string, T> Maps<T>(
            IReadOnlyDictionary<string, T> outer, IReadOnlyDictionary<string, T> inner, Func<T?, T?, T?> merge)
            where T : class
        {
            if (inner.Count == 0) return outer;
            var merged = new Dictionary<string, T>(outer, StringComparer.Ordinal);
            foreach ((string key, T value) in inner) merged[key] = merge(outer.GetValueOrDefault(key), value)!;
            return merged;
        }
    }
}
