//! Several pictures on one sheet.

use chainrule_examples::sheet::sheet;
use chainrule_nn::plot::Picture;

#[test]
fn pictures_stand_in_rows() {
    let picture = Picture::new("one", "x", "y").curve("", [(0.0, 1.0), (1.0, 2.0)]).svg().unwrap();
    let svg = sheet("1 < 2", 2, &[picture.clone(), picture.clone(), picture]);
    assert!(svg.starts_with("<svg width=\"800\" height=\"618\"") && svg.contains("1 &lt; 2"), "{}", &svg[..60]);
    assert!(svg.contains("<svg x=\"400\" y=\"44\"") && svg.contains("<svg x=\"0\" y=\"331\""));
}
