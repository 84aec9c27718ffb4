using System.Globalization;
using Tulle.Model.Validation;

namespace Tulle.Model.Documents;

/// <summary>Finds where a field stands in a file, so that what a server says about a field can be said with file and line.</summary>
public static class FieldLocator
{
    /// <summary>The place of a field such as <c>spec.http[0].route[1].weight</c>, or of the nearest field around it that is there.</summary>
    public static SourceLocation Locate(MappingNode obj, string field)
    {
        Node node = obj;
        SourceLocation place = obj.Location;
        foreach (string step in Steps(field))
        {
            if (node is MappingNode mapping && (mapping.TryGet(step, out MappingEntry entry) || mapping.TryGet(SnakeCase.Of(step), out entry)))
            {
                (node, place) = (entry.Value, entry.KeyLocation);
            }
            else if (node is SequenceNode sequence && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < sequence.Items.Count)
            {
                node = sequence.Items[index];
                place = node.Location;
            }
            else
            {
                break;
            }
        }
        return place;
    }

    private static List<string> Steps(string field)
    {
        var steps = new List<string>();
        int start = 0;
        for (int i = 0; i <= field.Length; i++)
        {
            // Keys in brackets may hold dots: headers[x.y].
            if (i < field.Length && field[i] is not ('.' or '['))
                continue;
            if (i > start)
                steps.Add(field[start..i]);
            start = i + 1;
            if (i >= field.Length || field[i] != '[')
                continue;
            int close = field.IndexOf(']', i);
            if (close < 0)
                break;
            steps.Add(field[start..close]);
            i = close;
            start = close + 1;
        }
        return steps;
    }
}
