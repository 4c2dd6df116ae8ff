//! Pictures side by side on one sheet.

use std::fmt::Write;

/// How wide a picture is shown, smaller than it is drawn.
const WIDTH: f64 = 400.0;
/// The part with the axes of the crate's pictures; their legends begin two pixels farther right.
const PLANE: [u32; 2] = [668, 480];
const HEAD: f64 = 44.0;

/// Pictures with axes, as `Picture::svg` gives them, in rows of `columns` under a title; their legends stay away.
pub fn sheet(title: &str, columns: usize, pictures: &[String]) -> String {
    let height = (WIDTH * f64::from(PLANE[1]) / f64::from(PLANE[0])).round();
    let columns = columns.clamp(1, pictures.len().max(1));
    let (all_wide, all_high) = (columns as f64 * WIDTH, HEAD + pictures.len().div_ceil(columns) as f64 * height);
    let mut sheet = format!(
        "<svg width=\"{all_wide}\" height=\"{all_high}\" viewBox=\"0 0 {all_wide} {all_high}\" \
         xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\">\n\
         <rect width=\"{all_wide}\" height=\"{all_high}\" fill=\"#FFFFFF\"/>\n\
         <text x=\"{}\" y=\"28\" font-size=\"18\" text-anchor=\"middle\">{}</text>\n",
        all_wide / 2.0,
        title.replace('&', "&amp;").replace('<', "&lt;"),
    );
    for (number, picture) in pictures.iter().enumerate() {
        let (x, y) = ((number % columns) as f64 * WIDTH, HEAD + (number / columns) as f64 * height);
        // Writing into a String cannot fail.
        let _ = writeln!(
            sheet,
            "<svg x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {} {}\">\n{picture}</svg>",
            PLANE[0], PLANE[1],
        );
    }
    sheet.push_str("</svg>\n");
    sheet
}
