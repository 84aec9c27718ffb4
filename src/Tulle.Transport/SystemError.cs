using System.Runtime.InteropServices;

namespace Tulle.Transport;

/// <summary>Numbers and texts of the system's errors.</summary>
internal static class SystemError
{
    /// <summary>errno of the call just made on this thread.</summary>
    public static int Number => Marshal.GetLastSystemError();

    /// <summary>The system's text for the call just made on this thread.</summary>
    public static string Last() => Marshal.GetPInvokeErrorMessage(Number);
}
