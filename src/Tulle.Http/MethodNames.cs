namespace Tulle.Http;

/// <summary>Method tokens to ids and back.</summary>
public static class MethodNames
{
    /// <summary>The id of a method token; <see cref="KnownMethod.Other"/> when it has none.</summary>
    public static KnownMethod Identify(ReadOnlySpan<byte> token)
    {
        switch (token.Length)
        {
            case 3:
                if (token.SequenceEqual("GET"u8)) return KnownMethod.Get;
                if (token.SequenceEqual("PUT"u8)) return KnownMethod.Put;
                break;
            case 4:
                if (token.SequenceEqual("POST"u8)) return KnownMethod.Post;
                if (token.SequenceEqual("HEAD"u8)) return KnownMethod.Head;
                break;
            case 5:
                if (token.SequenceEqual("PATCH"u8)) return KnownMethod.Patch;
                if (token.SequenceEqual("TRACE"u8)) return KnownMethod.Trace;
                break;
            case 6:
                if (token.SequenceEqual("DELETE"u8)) return KnownMethod.Delete;
                break;
            case 7:
                if (token.SequenceEqual("OPTIONS"u8)) return KnownMethod.Options;
                if (token.SequenceEqual("CONNECT"u8)) return KnownMethod.Connect;
                break;
        }
        return KnownMethod.Other;
    }
}
