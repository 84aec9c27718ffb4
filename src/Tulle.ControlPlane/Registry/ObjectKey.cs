namespace Tulle.ControlPlane.Registry;

/// <summary>Names an object of a kind.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
