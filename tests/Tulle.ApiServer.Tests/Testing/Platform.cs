// File modes, kubectl and kill -9 are tested, which only Linux has in this form.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
