using Microsoft.Data.Sqlite;

namespace Tulle.ApiServer.Storage;

/// <summary>Short forms for commands with positional parameters <c>$1</c>, <c>$2</c>…</summary>
internal static class Sql
{
    public static SqliteCommand Command(this SqliteConnection connection, string text, params ReadOnlySpan<object?> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < parameters.Length; i++) command.Parameters.AddWithValue($"${i + 1}", parameters[i] ?? DBNull.Value);
        return command;
    }

    public static int Execute(this SqliteConnection connection, string text, params ReadOnlySpan<object?> parameters)
    {
        using SqliteCommand command = connection.Command(text, parameters);
        return command.ExecuteNonQuery();
    }

    public static object? Scalar(this SqliteConnection connection, string text, params ReadOnlySpan<object?> parameters)
    {
        using SqliteCommand command = connection.Command(text, parameters);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    public static long Number(this SqliteConnection connection, string text, params ReadOnlySpan<object?> parameters) =>
        connection.Scalar(text, parameters) is long value ? value : 0;

    public static byte[] Bytes(this SqliteDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);
}
