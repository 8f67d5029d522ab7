import "../styles/styleguide.scss";
