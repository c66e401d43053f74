using System.Collections;
using System.ComponentModel;
using System.Reflection;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>A setting that a process reads.</summary>
/// <param name="Path">Its key, where <c>*</c> stands for a name or the number of a list's entry.</param>
/// <param name="Type">What its value is read as.</param>
/// <param name="IsWhole">Whether all settings of the key's first part are known, so that others are mistakes.</param>
internal sealed record KnownSetting(string Path, Type Type, bool IsWhole)
{
    private const string Any = "*";

    /// <summary>The first part of the key.</summary>
    public string Root => Path.Split(':')[0];

    /// <summary>The settings that configuration binds to an options class.</summary>
    public static IEnumerable<KnownSetting> Of(string section, Type options)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is not { IsPublic: true })
                continue;
            foreach (var setting in OfValue($"{section}:{property.Name}", property.PropertyType))
                yield return setting;
        }
    }

    /// <summary>Whether a configured key is this setting.</summary>
    public bool Matches(string key)
    {
        var (own, parts) = (Path.Split(':'), key.Split(':'));
        return own.Length == parts.Length && own.Zip(parts).All(pair => pair.First == Any || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a configured key holds entries of this setting, as that of a list does.</summary>
    public bool IsBelow(string key) => new KnownSetting(string.Join(':', Path.Split(':').Take(key.Split(':').Length)), Type, IsWhole).Matches(key);

    /// <summary>The setting's key with the names of a configured one.</summary>
    public string NamedLike(string key)
    {
        var parts = key.Split(':');
        return string.Join(':', Path.Split(':').Select((part, index) => part != Any ? part : index < parts.Length ? parts[index] : "0"));
    }

    /// <summary>What is wrong with a value; null when it can be read.</summary>
    public string? FindFault(string value)
    {
        var type = Nullable.GetUnderlyingType(Type);
        if (type is not null && value.Length == 0)
            return null;
        type ??= Type;
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return $"it must be {Describe(type)}";
        }
    }

    private static IEnumerable<KnownSetting> OfValue(string path, Type type)
    {
        if (type == typeof(string) || type.IsValueType || type == typeof(Uri))
            return [new(path, type, IsWhole: true)];
        if (EntryOf(type) is { } entry)
            return OfValue($"{path}:{Any}", entry);
        return Of(path, type);
    }

    private static Type? EntryOf(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType || !type.IsAssignableTo(typeof(IEnumerable)))
            return null;
        return type.GetGenericArguments()[^1];
    }

    private static string Describe(Type type) =>
        type == typeof(TimeSpan) ? "a time, such as 00:00:10"
        : type == typeof(bool) ? "true or false"
        : type == typeof(double) ? "a number"
        : type.IsEnum ? string.Join(" or ", Enum.GetNames(type))
        : type.IsPrimitive ? "a whole number"
        : $"a {type.Name}";
}
