using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>
/// Validates options by their attributes and by themselves. That of .NET names no section, and leaves the second out when
/// the first finds something.
/// </summary>
internal sealed class AnnotatedOptions<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = FindFaults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FindFaults(TOptions options)
    {
        var context = new ValidationContext(options);
        foreach (var property in typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                var value = property.GetValue(options);
                if (!rule.IsValid(value))
                    yield return rule is RangeAttribute range
                        ? $"{section}:{property.Name} must be between {range.Minimum} and {range.Maximum}, it is {value}."
                        : rule.FormatErrorMessage($"{section}:{property.Name}");
            }
        }

        if (options is IValidatableObject own)
        {
            foreach (var fault in own.Validate(context))
                yield return fault.ErrorMessage!;
        }
    }
}
