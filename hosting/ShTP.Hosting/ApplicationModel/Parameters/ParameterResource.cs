namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside, read once and then kept.</summary>
public class ParameterResource : Resource, IExpressionValue
{
    private readonly Lazy<string> _value;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : base(name)
    {
        _value = new Lazy<string>(() => callback(Default));
        Secret = secret;
    }

    /// <exception cref="MissingParameterValueException">Neither configuration nor a default has a value.</exception>
    public string Value => _value.Value;

    public ParameterDefault? Default { get; set; }

    public bool Secret { get; }

    public string? Description { get; set; }

    public string ValueExpression => $"{{{Name}.value}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(Value);

    public ValueTask<string?> GetValueAsync(ValueProviderContext _, CancellationToken cancellationToken) => new(Value);
}
