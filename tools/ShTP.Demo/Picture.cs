using SkiaSharp;

namespace ShTP.Demo;

/// <summary>Generated pictures; the same number gives the same picture.</summary>
internal static class Picture
{
    private const int AvatarSide = 256;
    private const int Cells = 5;

    /// <summary>A diploma: a frame, a medal with ribbons, and lines where the text would be.</summary>
    public static byte[] Diploma(int number) => Draw(640, 452, canvas =>
    {
        var hue = Hue(number);
        canvas.Clear(SKColor.FromHsl(hue, 45, 95));
        using var frame = new SKPaint { Color = SKColor.FromHsl(hue, 55, 45), IsStroke = true, StrokeWidth = 10, IsAntialias = true };
        canvas.DrawRoundRect(20, 20, 600, 412, 18, 18, frame);
        using var text = new SKPaint { Color = SKColor.FromHsl(hue, 25, 55), IsAntialias = true };
        canvas.DrawRoundRect(170, 70, 300, 34, 8, 8, text);
        text.Color = SKColor.FromHsl(hue, 20, 78);
        for (var line = 0; line < 4; line++)
            canvas.DrawRoundRect(120, 150 + (line * 34), 400 - (37 * ((number + line) % 4)), 14, 7, 7, text);
        using var ribbon = new SKPaint { Color = SKColor.FromHsl(hue, 70, 40), IsStroke = true, StrokeWidth = 22, IsAntialias = true };
        canvas.DrawLine(520, 340, 490, 412, ribbon);
        canvas.DrawLine(520, 340, 550, 412, ribbon);
        using var medal = new SKPaint { Color = SKColor.FromHsl(46, 85, 55), IsAntialias = true };
        canvas.DrawCircle(520, 335, 42, medal);
        medal.Color = SKColor.FromHsl(46, 85, 70);
        canvas.DrawCircle(520, 335, 28, medal);
    });

    /// <summary>A symmetric pattern of squares.</summary>
    public static byte[] Avatar(int number) => Draw(AvatarSide, AvatarSide, canvas =>
    {
        canvas.Clear(SKColor.FromHsl(Hue(number), 40, 92));
        using var paint = new SKPaint { Color = SKColor.FromHsl(Hue(number), 60, 50) };
        var bits = unchecked((uint)number * 2654435761u);
        const float Size = AvatarSide / (Cells + 1f);
        for (var i = 0; i < Cells * ((Cells + 1) / 2); i++)
        {
            if ((bits >> (i + 8) & 1) == 0)
                continue;
            var (column, row) = (i / Cells, i % Cells);
            canvas.DrawRect((column + 0.5f) * Size, (row + 0.5f) * Size, Size, Size, paint);
            canvas.DrawRect((Cells - 1 - column + 0.5f) * Size, (row + 0.5f) * Size, Size, Size, paint);
        }
    });

    // Neighbours get colours far from each other.
    private static float Hue(int number) => number * 137.5f % 360;

    private static byte[] Draw(int width, int height, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
